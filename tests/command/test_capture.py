"""tests/capture writes down a machine so that the check says the same of it as of the machine itself."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from test_command import gasthof

CAPTURE = Path(__file__).parents[1] / "capture"

pytestmark = pytest.mark.cost(1, telling=2)


@pytest.fixture(name="captured", scope="module")
def make_capture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("captured") / "machine"
    done = subprocess.run([CAPTURE, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def report(*options):
    done = gasthof("check", "-o", "json", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_capture_says_what_the_machine_says(captured):
    here, there = report(), report("--root", captured)
    for one in (here, there):
        del one["machine"]["memory_bytes"]  # hot-plugged machines change it
    assert there["machine"] == here["machine"]
    for live, written in zip(here["capabilities"], there["capabilities"], strict=True):
        assert (written["id"], written["state"]) == (live["id"], live["state"]), (live, written)


def test_it_holds_nothing_that_names_the_machine(captured):
    names = [str(file.relative_to(captured)) for file in captured.rglob("*") if file.is_file()]
    assert "fs/proc/cpuinfo" in names
    assert not [name for name in names if re.search(r"serial|uuid|machine-id|ssh|shadow|address", name)]


def test_it_does_not_write_into_a_folder_that_holds_something(captured):
    done = subprocess.run([CAPTURE, captured], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "is not empty" in done.stderr
