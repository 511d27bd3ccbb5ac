"""A secret in clear inside libvirt_xml reaches libvirt, and neither the ledger, the journal, a plan
nor whoever may only look."""

import pytest

from described import describe

pytestmark = [pytest.mark.cost(15, telling=1)]

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
