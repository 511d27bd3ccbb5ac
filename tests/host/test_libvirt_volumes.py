"""Volumes in libvirt's pools, in libvirt's own words: real libvirt makes them, lets them grow and deletes
them, and what it tells of them later is no difference."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from described import ALLOW, DESCRIPTION, EXIT_REFUSED, describe

pytestmark = [pytest.mark.cost(25, telling=2)]

POOL = """\
libvirt:
  pools:
    files:
      type: dir
      target: {path: /srv/files}
"""
VOLUMES = """\
  volumes:
    base: {pool: files, capacity: 16MiB, allocation: 0B, target: {format: raw, permissions: {mode: "0640"}}}
    data:
      pool: files
      name: Data.qcow2
      capacity: 32MiB
      target: {format: qcow2, compat: "1.1", cluster_size: 128KiB, features: {lazy_refcounts: true}, nocow: true}
    layer:
      pool: files
      capacity: 24MiB
      target: {format: qcow2}
      backing: {path: /srv/files/base, format: raw}
"""
EXIT_FAILED = 1
SECRET = "f52a81b2-424e-490c-823d-6bd4235bc572"
SAFE = f"""\
    safe:
      pool: files
      capacity: 8MiB
      target: {{format: raw, encryption: {{format: luks, secrets: {{secret-0: {{type: passphrase, uuid: {SECRET}}}}}}}}}
"""
GUEST = """\
guests:
  user:
    virtualization: emulated
    memory: 96MiB
    stop_timeout: 2s                  # nothing in it listens
    on_stop_timeout: destroy
    disks:
      root: {type: volume, format: qcow2, storage: {pool: files, volume: Data.qcow2}}
    state: running
"""


@pytest.fixture(scope="module")
def there(house):
    house.container.run("mkdir", "-p", "/srv/files")
    house.apply(describe(POOL + VOLUMES))
    house.out("virsh", "vol-create-as", "files", "theirs", "4M")
    return house


def volumes(house) -> set[str]:
    lines = house.out("virsh", "vol-list", "files").splitlines()[2:]
    return {line.split()[0] for line in lines if line.strip()}


def xml(house, name: str) -> str:
    return house.out("virsh", "vol-dumpxml", name, "files")


def capacity(house, name: str) -> int:
    return int(re.search(r"<capacity unit='bytes'>(\d+)<", xml(house, name))[1])


def test_they_are_made_as_described(there):
    assert volumes(there) == {"base", "Data.qcow2", "layer", "theirs"}
    assert "<mode>0640</mode>" in xml(there, "base")
    data = xml(there, "Data.qcow2")
    for part in ("<format type='qcow2'/>", "<compat>1.1</compat>", "131072</clusterSize>", "<lazy_refcounts/>"):
        assert part in data
    assert "<path>/srv/files/base</path>" in xml(there, "layer").split("<backingStore>")[1]


def test_what_libvirt_tells_of_them_later_is_no_difference(there):
    there.assert_settled()
    there.out("virsh", "pool-refresh", "files")
    there.assert_settled()
    there.out("systemctl", "restart", "libvirtd")
    there.assert_settled()


def test_one_grows_alone_and_with_a_guest(there):
    grown = VOLUMES.replace("24MiB", "40MiB")
    there.apply(describe(POOL + grown))
    assert capacity(there, "layer") == 40 << 20
    there.assert_settled()
    there.apply(describe(POOL + grown, GUEST))
    assert "user" in there.out("virsh", "list", "--name")
    there.apply(describe(POOL + grown.replace("32MiB", "48MiB"), GUEST))
    assert capacity(there, "Data.qcow2") == 48 << 20
    assert re.search(rf"Capacity: +{48 << 20}\b", there.out("virsh", "domblkinfo", "user", "/srv/files/Data.qcow2"))
    there.assert_settled()


def test_what_a_guest_runs_with_is_not_taken_from_it(there):
    grown = VOLUMES.replace("24MiB", "40MiB").replace("32MiB", "48MiB")
    data = grown[grown.index("    data:"):grown.index("    layer:")]
    for words in (grown.replace(data, ""), grown.replace("48MiB", "32MiB"), grown.replace('"1.1"', '"0.10"')):
        there.container.put(DESCRIPTION, describe(POOL + words, GUEST))
        assert "guests.user runs with it" in there.gasthof("plan")
        there.apply(None, *ALLOW)
        assert capacity(there, "Data.qcow2") == 48 << 20
    there.apply(describe(POOL + grown), *ALLOW)
    assert "user" not in there.domains()
    there.assert_settled()


def test_nothing_is_lost_without_permission(there):
    before = volumes(there)
    small = VOLUMES.replace("24MiB", "40MiB")
    said = there.apply(describe(POOL + small), status=EXIT_REFUSED)
    assert "destroys-data" in said and capacity(there, "Data.qcow2") == 48 << 20
    said = there.apply(describe(POOL), status=EXIT_REFUSED)
    assert "destroys-data" in said and volumes(there) == before
    there.apply(describe(POOL + small), *ALLOW)
    assert capacity(there, "Data.qcow2") == 32 << 20
    there.assert_settled()


def test_somebody_else_s_is_left_alone_until_it_is_adopted(there):
    words = VOLUMES.replace("24MiB", "40MiB") + "    theirs: {pool: files, capacity: 4MiB, allocation: 0B}\n"
    said = there.apply(describe(POOL + words), status=EXIT_REFUSED)
    assert "not made by gasthof" in said
    there.gasthof("adopt", "libvirt.volumes/theirs")
    there.assert_settled()
    there.gasthof("rollback")
    there.apply(describe(POOL + VOLUMES.replace("24MiB", "40MiB")))
    assert "theirs" in volumes(there)
    there.assert_settled()


def test_what_libvirt_says_is_imported_and_rendered(there):
    for name in ("Data.qcow2", "layer", "theirs"):
        there.container.put("/tmp/volume.xml", xml(there, name))
        there.container.put("/tmp/volume.yaml", there.out("gasthof", "import", "/tmp/volume.xml"))
        key = name.lower().replace(".", "-")
        rendered = there.out("gasthof", "render", f"libvirt.volumes/{key}", "/tmp/volume.yaml")
        told = ElementTree.fromstring(xml(there, name))
        assert {e.tag for e in told.iter()} == {e.tag for e in ElementTree.fromstring(rendered).iter()}
        assert "libvirt_xml" not in there.out("cat", "/tmp/volume.yaml")


def test_an_encrypted_one_needs_its_secret(there):
    words = VOLUMES.replace("24MiB", "40MiB") + SAFE
    said = there.apply(describe(POOL + words), status=EXIT_FAILED)
    assert f"no secret with matching uuid '{SECRET}'" in said
    assert "safe" not in volumes(there)
    there.container.put(
        "/tmp/secret.xml",
        f"<secret ephemeral='no' private='yes'><uuid>{SECRET}</uuid>"
        "<usage type='volume'><volume>/srv/files/safe</volume></usage></secret>",
    )
    there.out("virsh", "secret-define", "/tmp/secret.xml")
    there.container.put("/tmp/passphrase", "geheim17")
    there.out("virsh", "secret-set-value", SECRET, "--file", "/tmp/passphrase", "--plain")
    there.apply()
    assert "<encryption format='luks'>" in xml(there, "safe")
    there.assert_settled()
    there.out("virsh", "pool-refresh", "files")
    there.assert_settled()
    seen = there.container.run("grep", "--recursive", "--files-with-matches", "geheim17", "/var/lib/gasthof", check=False)
    assert not seen.stdout.strip()
    there.apply(describe(POOL + words.replace("format: luks, secrets", "format: luks, cipher: aes, secrets")), status=EXIT_REFUSED)


def test_what_is_gone_from_the_description_goes_with_permission(there):
    there.apply(describe(POOL + VOLUMES.replace("24MiB", "40MiB")), *ALLOW)
    assert volumes(there) == {"base", "Data.qcow2", "layer", "theirs"}
    there.apply(describe(POOL), *ALLOW)
    assert volumes(there) == {"theirs"}
    there.apply(describe(POOL + VOLUMES))
    there.gasthof("rollback", *ALLOW)
    assert volumes(there) == {"theirs"}
    there.apply(describe(), *ALLOW)
    assert there.out("ls", "/srv/files").split() == ["theirs"]
    there.assert_settled()
