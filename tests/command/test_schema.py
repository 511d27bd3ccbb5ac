"""`gasthof schema` accepts what `gasthof validate` accepts, by the verdict of a JSON Schema
validator that reads the file as any YAML 1.2 reader does."""

import importlib.util
import json
import os
import subprocess
from pathlib import Path

import pytest

jsonschema = pytest.importorskip("jsonschema", reason="no python3-jsonschema on this machine")
yaml = pytest.importorskip("yaml", reason="no python3-yaml on this machine")

TREE = Path(__file__).resolve().parents[2]
PROGRAM = (TREE / os.environ.get("GASTHOF", "build/gasthof")).resolve()
pytestmark = pytest.mark.cost(0.1, telling=1)

found = importlib.util.spec_from_file_location("agrees", TREE / "tests/unit/schema_agrees.py")
agrees = importlib.util.module_from_spec(found)
found.loader.exec_module(agrees)

RIGHT = {
    "least": "gasthof: 1\n",
    "empty parts": "gasthof: 1\nhost:\nrequire: {}\n",
    "host": "gasthof: 1\nhost: {name: kvm-01, timezone: Europe/Berlin}\n",
    "numbers for text": "gasthof: 1\nhost: {name: 12}\n",
    "users": "gasthof: 1\nhost: {users: {ada: {groups: [sudo]}, bob: {groups: sudo}}}\n",
    "sysctl": "gasthof: 1\nhost: {sysctl: {vm.swappiness: 10}}\n",
    "null takes nothing": "gasthof: 1\nhost: {name: ~}\n",
    "require": "gasthof: 1\nrequire: {min_cpus: '1', min_memory: 1M}\n",
    "parts said once": "gasthof: 1\nguests: {a: {disks: {d: {type: network, storage: {auth: {secret: {type: ceph}}}}}}}\n",
    "agent": "gasthof: 1\nagent: {drift: report, allow: live}\n",
}
WRONG = {
    "no version": "host: {name: a}\n",
    "another version": "gasthof: 2\n",
    "unknown key": "gasthof: 1\nhots: {name: a}\n",
    "unknown key below": "gasthof: 1\nhost: {nam: a}\n",
    "unknown in a part said once": "gasthof: 1\nguests: {a: {disks: {d: {path: /a, storage: {auth: {usr: a}}}}}}\n",
    "no word of libvirt's": "gasthof: 1\nguests: {a: {memory: {size: 1G, access: sharde}}}\n",
    "not a name": "gasthof: 1\nhost: {name: Kvm 01}\n",
    "list for a map": "gasthof: 1\nhost: [a]\n",
    "text for a map": "gasthof: 1\nhost: a\n",
    "map for a list": "gasthof: 1\nhost: {users: {ada: {groups: {a: b}}}}\n",
    "user's name": "gasthof: 1\nhost: {users: {Ada Lovelace: {}}}\n",
    "size without unit": "gasthof: 1\nrequire: {min_memory: 512}\n",
    "decimal size": "gasthof: 1\nrequire: {min_memory: 4GB}\n",
    "count": "gasthof: 1\nrequire: {min_cpus: many}\n",
    "negative count": "gasthof: 1\nrequire: {min_cpus: -1}\n",
    "choice": "gasthof: 1\nagent: {drift: ignore}\n",
    "time without unit": "gasthof: 1\nguests: {a: {memory: 1GiB, stop_timeout: 30}}\n",
    "a list": "[gasthof, 1]\n",
    "text": "gasthof\n",
}


def plain(node):
    """The tree of a YAML document, plain scalars resolved by the 1.2 core schema."""
    if isinstance(node, yaml.ScalarNode):
        return agrees.resolve(node.value) if node.style is None else node.value
    if isinstance(node, yaml.SequenceNode):
        return [plain(child) for child in node.value]
    return {key.value: plain(child) for key, child in node.value}


@pytest.fixture(scope="module")
def validator():
    done = subprocess.run([PROGRAM, "schema"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(agrees.exact(schema))


def verdicts(validator, text, file):
    file.write_text(text)
    done = subprocess.run([PROGRAM, "validate", file], capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 3), done.stderr
    faults = [error.message for error in validator.iter_errors(plain(yaml.compose(text)))]
    return done.returncode == 0, not faults, done.stderr + "\n".join(faults)


@pytest.mark.parametrize("name", RIGHT)
def test_both_accept(validator, tmp_path, name):
    engine, schema, why = verdicts(validator, RIGHT[name], tmp_path / "host.yaml")
    assert (engine, schema) == (True, True), why


@pytest.mark.parametrize("name", WRONG)
def test_both_refuse(validator, tmp_path, name):
    engine, schema, why = verdicts(validator, WRONG[name], tmp_path / "host.yaml")
    assert (engine, schema) == (False, False), why


@pytest.mark.parametrize("file", sorted((TREE / "config").glob("*.yaml")), ids=lambda f: f.name)
def test_the_schema_accepts_every_example(validator, file):
    faults = [error.message for error in validator.iter_errors(plain(yaml.compose(file.read_text())))]
    assert faults == []


def test_parts_at_many_places_are_said_once():
    schema = json.loads(subprocess.run([PROGRAM, "schema"], capture_output=True, text=True, check=True).stdout)
    text = json.dumps(schema)
    for name in schema["$defs"]:
        assert f'"#/$defs/{name}"' in text
    assert len(text) < 1_000_000
