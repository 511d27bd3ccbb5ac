"""Each folder of tests/cases/guests is a description of guests, and what `gasthof validate` says of
it: `faults`, or nothing where it is good.  What is said twice has both its places shown."""

import os
import subprocess
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
PROGRAM = (TREE / os.environ.get("GASTHOF", "build/gasthof")).resolve()
CASES = TREE / "tests" / "cases" / "guests"

pytestmark = pytest.mark.cost(0.1, telling=2)


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case(case):
    done = subprocess.run(
        [PROGRAM, "validate", "host.yaml"], cwd=CASES / case, text=True, capture_output=True
    )
    expected = CASES / case / "faults"
    if expected.exists():
        assert done.stderr == expected.read_text()
        assert done.returncode == 3
        if case.startswith("twice-"):
            assert done.stderr.count(": note: ") == done.stderr.count(": error: ")
    else:
        assert done.stderr == ""
        assert done.returncode == 0
