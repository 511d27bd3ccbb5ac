"""`gasthof explain --manual`: the whole language as gasthof.yaml(5), from the same tables."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
PROGRAM = (TREE / os.environ.get("GASTHOF", "build/gasthof")).resolve()
pytestmark = pytest.mark.cost(0.5, telling=1)


def said(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def manual():
    return said("explain", "--manual")


def test_every_place_is_there_once(manual):
    places = re.findall(r'^\.Ss "(.*)"$', manual, re.M)
    assert len(places) == len(set(places)) > 200
    missing = {place for place in re.findall(r"see ([a-z0-9_.*]+)[;\n]", manual)} - set(places)
    assert not missing
    # what the schema lets stand in a guest, explain has too
    kinds = re.findall(r'^\.Sh "(.*)"$', manual, re.M)
    schema = json.loads(said("schema"))
    alone = {"gasthof", "include", "profiles", "defaults", "guests"}
    tops = {kind.split(".")[0] for kind in kinds}
    assert set(schema["properties"]) - alone <= tops


def test_groff_takes_it(manual):
    done = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww"], input=manual, capture_output=True,
                          text=True, check=True)
    assert done.stderr == ""
    page = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout)
    assert re.search(r"^ +size +virtual size of that volume", page, re.M)


def test_a_level_says_what_it_leads_to():
    assert re.search(r"^  kernel +args, modules$", said("explain"), re.M)
