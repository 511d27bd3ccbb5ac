"""Documents made from libvirt's own schemas come in whole, and descriptions made from ours come back
from what they are rendered to: a few of `make corpus-made`'s."""

import sys
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
SCHEMAS = Path("/usr/share/libvirt/schemas")
sys.path.insert(0, str(TREE / "tests/corpus"))

import made  # noqa: E402
import rendered  # noqa: E402

pytestmark = pytest.mark.cost(6, telling=1)


@pytest.mark.skipif(not (SCHEMAS / "domain.rng").exists(), reason="libvirt's schemas are not on this machine")
@pytest.mark.parametrize("kind, count", [("domain", 120), ("network", 30), ("pool", 30)])
def test_nothing_is_lost_added_or_refused(tmp_path, kind, count):
    outcomes = list(made.run(SCHEMAS, [kind], range(1, count + 1), tmp_path))
    assert len(outcomes) == count
    assert not [made.describe(out) for out in outcomes if out.bad]


def test_descriptions_come_back_from_what_they_are_rendered_to(tmp_path):
    outcomes = list(rendered.run(range(1, 41), tmp_path))
    assert sum(out.taken for out in outcomes) > len(outcomes) / 2
    assert not [(out.path.read_text(), out.faults) for out in outcomes if out.faults]
