"""A host that was there before Gasthof: taken over as it is, piece by piece."""

import re

import pytest

from described import DESCRIPTION, EXIT_REFUSED, describe

pytestmark = [pytest.mark.cost(5, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]

UUID = "5b3b3a20-7c0e-4d5c-9a55-0f6f6c1f2a01"
DOMAIN = f"""
<domain type='qemu'><name>Mail Server</name><uuid>{UUID}</uuid><title>the mail</title>
<metadata><app:x xmlns:app='urn:app:1' kept='yes'/></metadata>
<memory unit='MiB'>96</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os>
<devices><serial type='pty'/><interface type='network'><source network='old'/></interface></devices></domain>
"""
NETWORK = """
<network><name>old</name><forward mode='nat'/><bridge name='virbr9'/>
<ip address='10.79.0.1' netmask='255.255.255.0'><dhcp><range start='10.79.0.2' end='10.79.0.99'/></dhcp></ip></network>
"""
MAIL = """\
guests:
  mail:
    name: Mail Server
    defaults: libvirt
    virtualization: emulated
    memory: 96MiB
    nics: {net0: {libvirt_network: old}}
"""


def define(house, kind: str, xml: str) -> None:
    house.container.run("virsh", f"{kind}define".lstrip(), "/dev/stdin", input=xml)


@pytest.fixture(scope="module")
def lived_in(house):
    define(house, "net-", NETWORK)
    house.container.run("virsh", "net-start", "old")
    define(house, "", DOMAIN)
    house.container.run("virsh", "start", "Mail Server", timeout=400)
    return house


def xml(house, *flags: str, name: str = "Mail Server") -> str:
    """A domain's definition without what is ours, and what else changes by itself."""
    text = house.out("virsh", "dumpxml", *flags, name)
    return re.sub(r"\s*<gasthof:item.*?(/>|</gasthof:item>)", "", text, flags=re.S)


def pid(house) -> str:
    return house.out("pgrep", "--full", "guest=Mail Server")


def test_a_running_guest_is_taken_over_and_keeps_running(lived_in):
    described = describe(MAIL)
    lived_in.container.put(DESCRIPTION, described)
    before = xml(lived_in), xml(lived_in, "--inactive"), pid(lived_in)
    said = lived_in.gasthof("plan", status=EXIT_REFUSED)
    assert "gasthof adopt guests/mail" in said
    lived_in.gasthof("adopt", "guests/mail")
    assert (xml(lived_in), xml(lived_in, "--inactive"), pid(lived_in)) == before
    for flags in ([], ["--inactive"]):
        assert f'name="mail" uuid="{UUID}"' in lived_in.out("virsh", "dumpxml", *flags, "Mail Server").replace("'", '"')
    plan = lived_in.json("plan")
    assert [path["path"] for item in plan["items"] for path in item["differs"]] == ["nics.net0"]


def test_what_is_ours_or_not_there_is_refused(lived_in):
    assert "guests.mail is gasthof's already" in lived_in.gasthof("adopt", "guests/mail", status=EXIT_REFUSED)
    lived_in.container.put(DESCRIPTION, describe(MAIL + "  none: {memory: 1GiB}\n"))
    assert "guests.none is not there" in lived_in.gasthof("adopt", "guests/none", status=EXIT_REFUSED)


def test_a_rollback_takes_the_mark_off(lived_in):
    """After test_a_running_guest_is_taken_over_and_keeps_running."""
    before = pid(lived_in)
    lived_in.container.put(DESCRIPTION, describe(MAIL))
    lived_in.gasthof("rollback")
    for flags in ([], ["--inactive"]):
        assert "gasthof" not in lived_in.out("virsh", "dumpxml", *flags, "Mail Server")
    assert pid(lived_in) == before
    assert "was not made by gasthof" in lived_in.gasthof("plan", status=EXIT_REFUSED)
