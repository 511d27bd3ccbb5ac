"""A secret in clear inside libvirt_xml reaches libvirt, and neither the ledger, the journal, a plan
nor whoever may only look; one that changes is noticed."""

import pytest

from described import DESCRIPTION, describe

pytestmark = [pytest.mark.cost(4, telling=1)]

SECRET = "geheim17"
GUEST = f"""\
guests:
  web:
    virtualization: emulated
    memory: 128MiB
    state: stopped
    libvirt_xml: |
      <devices><graphics type='vnc' port='-1' passwd='{SECRET}'/></devices>
      <qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
        <qemu:arg value='-object'/>
        <qemu:arg value='secret,id=s0,data={SECRET}'/>
      </qemu:commandline>
"""


def kept(house) -> str:
    """Files of ours that hold the secret."""
    done = house.container.run(
        "grep", "--recursive", "--files-with-matches", SECRET, "/var/lib/gasthof", check=False
    )
    return done.stdout


def seen(house, *options: str) -> str:
    return house.out("virsh", "dumpxml", *options, "web")


def test_only_libvirt_gets_it(house):
    assert SECRET not in house.apply(describe(GUEST), "--verbose")
    assert seen(house, "--security-info").count(SECRET) == 2
    assert "-object" in seen(house)
    # to those who may only look: what libvirt itself shows of QEMU's words, and nothing of ours
    assert SECRET not in seen(house).split("<qemu:commandline")[0]
    assert kept(house) == ""
    house.assert_settled()
    assert SECRET not in house.gasthof("status")


def test_it_stays_when_something_else_changes_and_comes_back(house):
    house.apply(describe(GUEST + "    title: changed\n"))
    assert seen(house, "--security-info").count(SECRET) == 2
    assert kept(house) == ""
    house.gasthof("rollback")
    assert "changed" not in seen(house)
    assert seen(house, "--security-info").count(SECRET) == 2
    assert kept(house) == ""
    house.apply(describe(GUEST))
    house.assert_settled()


def test_a_secret_alone_that_changes_is_noticed(house):
    other = GUEST.replace(SECRET, "anders23")
    house.container.put(DESCRIPTION, describe(other))
    said = house.gasthof("plan")
    assert "libvirt_xml" in said and "anders23" not in said and SECRET not in said
    house.apply(describe(other))
    assert seen(house, "--security-info").count("anders23") == 2
    house.assert_settled()
    # whoever sets another one by hand: it is put back
    house.container.put("/tmp/web.xml", seen(house, "--inactive", "--security-info").replace("passwd='anders23'", "passwd='x'"))
    house.out("virsh", "define", "/tmp/web.xml")
    assert "passwd='x'" in seen(house, "--security-info")
    house.apply(describe(other))
    assert "passwd='anders23'" in seen(house, "--security-info")
    house.assert_settled()


POOL = """\
libvirt:
  pools:
    nas:
      type: netfs
      autostart: false
      source: {hosts: {a: {name: nas.lab}}, folder: export, format: cifs}
      target: {path: /srv/nas}
      libvirt_xml: |
        <fs:mount_opts xmlns:fs='http://libvirt.org/schemas/storagepool/fs/1.0'>
          <fs:option name='username=me'/>
          <fs:option name='password=geheim17'/>
        </fs:mount_opts>
"""


def pool(house) -> str:
    return house.out("virsh", "pool-dumpxml", "nas")


def test_a_secret_of_a_pool_is_kept_nowhere_either(house):
    assert SECRET not in house.apply(describe(POOL), "--verbose")
    assert f"password={SECRET}" in pool(house)
    assert kept(house) == ""
    house.assert_settled()
    house.apply(describe(POOL.replace("folder: export", "folder: other")))
    assert f"password={SECRET}" in pool(house)
    house.gasthof("rollback")
    assert "<dir path='export'/>" in pool(house)
    assert f"password={SECRET}" in pool(house)
    house.apply(describe(POOL.replace(SECRET, "anders23")))
    assert "password=anders23" in pool(house) and SECRET not in pool(house)
    assert kept(house) == ""
    house.assert_settled()
