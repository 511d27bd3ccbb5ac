"""What a run leaves out when its time is short, or the machine is slower than costs were stated for."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
LOADER = SourceFileLoader("tests_run", str(TESTS / "run"))
run = importlib.util.module_from_spec(importlib.util.spec_from_loader("tests_run", LOADER))
sys.modules["tests_run"] = run
LOADER.exec_module(run)
pytestmark = pytest.mark.cost(1, telling=2)

FOUND = {
    "host": [run.Choice(100, 1, "host/a"), run.Choice(20, 3, "host/b")],
    "metal": [run.Choice(400, 1, "metal/c"), run.Choice(40, 2, "metal/d")],
}


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    """Nothing has to be made, and nothing is known yet."""
    monkeypatch.setattr(run, "making", lambda tier: 0)
    monkeypatch.setattr(run, "PACE", tmp_path / "pace")
    monkeypatch.setattr(run.results, "FILE", tmp_path / "results")


def seen(**what):
    run.PACE.write_text(json.dumps(what))


def test_what_tells_least_is_left_out_first():
    assert run.choose(FOUND, 280) == set()
    assert run.choose(FOUND, 275) == {"host/b"}
    assert run.choose(FOUND, 60) == {"metal/c", "metal/d"}


def test_a_slow_machine_leaves_out_more():
    metal = {"metal": FOUND["metal"]}
    assert run.choose_again(metal, 500) == set()
    assert run.choose_again(metal, 100) == {"metal/c"}
    seen(took=50, stated=100)
    assert run.choose_again(metal, 500) == set()
    seen(took=300, stated=100)
    assert run.choose_again(metal, 500) == {"metal/c"}
    assert run.choose_again(metal, float("inf")) == set()


def test_what_was_running_at_the_end_is_left_out_and_what_hung_has_failed():
    tests = FOUND["metal"]
    seen(took=300, stated=100, running="metal/c", since=time.time() - 1500, cost=400)
    run.end_early("metal", tests)
    assert {one.name: one.verdict for one in run.results.read()} == {
        "metal/c": "SKIP", "metal/d": "SKIP"}
    seen(took=50, stated=100, running="metal/c", since=time.time() - 2500, cost=400)
    run.results.FILE.unlink()
    run.results.append(run.Result("PASS", "metal", "metal/d"))
    run.end_early("metal", tests)
    assert {one.name: one.verdict for one in run.results.read()} == {
        "metal/c": "FAIL", "metal/d": "PASS"}


@pytest.mark.parametrize("took, verdict", [(50, "PASS"), (1e9, "SKIP")])
def test_a_test_that_would_end_too_late_is_left_out(tmp_path, took, verdict):
    seen(took=took, stated=100)
    env = {"GASTHOF_PACE": str(run.PACE), "GASTHOF_DEADLINE": f"{time.time() + 2000:.0f}",
           "GASTHOF_RESULTS": str(run.results.FILE)}
    one = "command/test_recipes.py"
    argv = [*run.PYTEST, "-q", TESTS / one]
    subprocess.run(argv, cwd=TESTS.parent, env={**os.environ, **env}, check=True, timeout=300,
                   stdout=subprocess.DEVNULL)
    found = run.results.read()
    assert found and {result.verdict for result in found} == {verdict}
    after = json.loads(run.PACE.read_text())
    assert after["running"] is None and (after["stated"] > 100) == (verdict == "PASS")
