"""The capability check: one machine a folder of tests/cases/check, named by its catalogue id.

    machine         "== PATH" and what stands in that file, again and again; a PATH without a slash
                    in front is a file of the capture itself (kvm.json, files.json, failing), and
                    "== hex PATH" has bytes
    expect          "ID: STATE", and below it what its evidence ("seen:") and remedy ("to do:") hold;
                    "machine: sockets=2 ..." for the report's other half
    description     for `check FILE`; `expect` then has "exit: STATUS" and "fault: TEXT" lines
"""

import json
import subprocess
from pathlib import Path

import pytest

from test_command import gasthof

CASES = Path(__file__).parents[1] / "cases/check"
TELLS = {"seen": "evidence", "to do": "remedy"}

pytestmark = pytest.mark.cost(0.1, telling=1)


def lay_out(text, root):
    """The capture that a `machine` file describes."""
    (root / "fs").mkdir(parents=True)
    for block in ("\n" + text).split("\n== ")[1:]:
        head, _, content = block.partition("\n")
        content += "\n" if content and not content.endswith("\n") else ""
        data = content.encode()
        if head.startswith("hex "):
            head, data = head[4:], bytes.fromhex(content)
        file = root / ("fs" + head if head.startswith("/") else head)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return root


def expected(text):
    """[(key, value, [(where, text)])]"""
    result = []
    for line in text.splitlines():
        key, _, value = line.strip().partition(": ")
        if line.startswith(" "):
            result[-1][2].append((TELLS[key], value))
        else:
            result.append((key, value, []))
    return result


def judge_capabilities(root, wanted):
    done = gasthof("check", "--root", root, "-o", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    seen = {one["id"]: one for one in report["capabilities"]}
    for key, state, texts in wanted:
        if key == "machine":
            for name, number in (one.split("=") for one in state.split()):
                assert report["machine"][name] == int(number), report["machine"]
            continue
        assert seen[key]["state"] == state, seen[key]
        for where, text in texts:
            assert text in seen[key][where], seen[key]
        assert (seen[key]["remedy"] == "") == (state == "present"), seen[key]
        assert seen[key]["evidence"] and seen[key]["needed_for"]


def judge_description(root, tmp_path, description, wanted):
    file = tmp_path / "host.yaml"
    file.write_text(description)
    done = gasthof("check", "--root", root, "--state", tmp_path / "state", file)
    for key, value, _ in wanted:
        if key == "exit":
            assert done.returncode == int(value), done.stderr
        else:
            assert value in done.stderr
    if done.returncode == 0:
        assert done.stderr == ""


@pytest.mark.parametrize("case", sorted(one.name for one in CASES.iterdir()))
def test_case(case, tmp_path):
    folder = CASES / case
    root = lay_out((folder / "machine").read_text(), tmp_path / "machine")
    wanted = expected((folder / "expect").read_text())
    assert wanted
    description = folder / "description"
    if description.exists():
        judge_description(root, tmp_path, description.read_text(), wanted)
    else:
        judge_capabilities(root, wanted)


def test_every_capability_has_cases_for_both():
    """Each row of capabilities.def is seen present and not present."""
    table = (CASES.parents[2] / "hostd/kinds/capabilities.def").read_text()
    rows = [line.split("(")[1].split(",")[0] for line in table.splitlines()
            if line.startswith("CAPABILITY(")]
    seen = {True: set(), False: set()}
    for folder in CASES.iterdir():
        for key, state, _ in expected((folder / "expect").read_text()):
            seen[state == "present"].add(key)
    assert set(rows) - seen[True] == set()
    assert set(rows) - seen[False] == set()


def test_the_page_of_coverage_is_up_to_date():
    done = subprocess.run([CASES.parents[1] / "coverage", "--check"], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stderr
