"""gasthof export of a captured machine, without root."""

import json

import pytest

from test_command import gasthof

pytestmark = pytest.mark.cost(0.2, telling=2)

UUID = "c7a5fdbd-edaf-9455-926a-d65c16db1809"
DOMAIN = f"""<domain type='qemu'><name>Web 1</name><uuid>{UUID}</uuid><memory unit='KiB'>262144</memory>
<currentMemory unit='KiB'>262144</currentMemory><vcpu>2</vcpu><os><type arch='x86_64' machine='q35'>hvm</type></os>
<devices><graphics type='vnc' port='-1' passwd='geheim'/></devices></domain>"""


@pytest.fixture
def machine(tmp_path):
    folder = tmp_path / "machine"
    (folder / "libvirt/domains").mkdir(parents=True)
    (folder / "libvirt/domains/Web 1.xml").write_text(DOMAIN)
    (folder / "libvirt/domains.json").write_text(json.dumps({"Web 1": {"uuid": UUID, "state": "shutoff"}}))
    return folder


def export(machine, *words):
    return gasthof("export", *words, "--root", machine, "--state", machine / "state")


def test_it_reads_as_a_description_and_differs_in_nothing(machine, tmp_path):
    file = tmp_path / "host.yaml"
    file.write_text(export(machine).stdout)
    assert "geheim" not in file.read_text()
    assert "# guests.web-1 has a password for its screen" in file.read_text()
    assert gasthof("validate", file).returncode == 0
    done = gasthof("plan", file, "--root", machine, "--state", machine / "state", "-o", "json")
    assert done.returncode == 5
    plan = json.loads(done.stdout)
    assert [(item["item"], item["differs"]) for item in plan["items"]] == [("guests.web-1", [])]
    assert "gasthof adopt guests/web-1" in done.stderr
    assert not (machine / "state").exists()


def test_json_has_its_notes_beside_it(machine):
    done = export(machine, "-o", "json")
    assert json.loads(done.stdout)["guests"]["web-1"]["uuid"] == UUID
    assert done.stderr.startswith("gasthof export: guests.web-1 has a password")


def test_what_is_not_there_is_told(machine):
    done = export(machine, "guests/db")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no guests/db on this host" in done.stderr
    assert export(machine, "guests").stdout == export(machine, "guests/web-1").stdout
    assert gasthof("export", "a", "b").stderr == "usage: gasthof export [OPTIONS] [WHAT]\n"
