"""What somebody made by hand stays untouched by every run."""

import pytest

from container import wait_for
from described import ALLOW, DESCRIPTION, describe, site

pytestmark = [pytest.mark.cost(15, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]

DOMAIN = """
<domain type='qemu'><name>handmade</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os></domain>
"""
VIRT_NETWORK = """
<network><name>handmade</name><bridge name='hand0'/>
<ip address='10.77.0.1' netmask='255.255.255.0'/></network>
"""
RULES = """
table inet handmade {
	chain forward {
		type filter hook forward priority 10
		ip saddr 10.99.0.0/16 counter drop
	}
}
"""
NETDEV = "[NetDev]\nName=hand1\nKind=bridge\n"


@pytest.fixture(scope="module")
def handmade(house):
    """A machine on which a person made one of each before Gasthof came."""
    inside = house.container
    inside.put("/etc/systemd/network/50-hand1.netdev", NETDEV)
    inside.put("/etc/sysctl.d/hand.conf", "net.ipv4.ip_nonlocal_bind = 1\n")
    inside.run("systemctl", "start", "systemd-networkd.service")
    wait_for("networkd's bridge", lambda: inside.exists("/sys/class/net/hand1"))
    inside.run("nft", "-f", "-", input=RULES)
    inside.run("virsh", "define", "/dev/stdin", input=DOMAIN)
    inside.run("virsh", "start", "handmade", timeout=400)
    inside.run("virsh", "net-define", "/dev/stdin", input=VIRT_NETWORK)
    inside.run("virsh", "net-start", "handmade")
    inside.run("mkdir", "-p", "/srv/hand")
    inside.run("virsh", "pool-define-as", "handmade", "dir", "--target", "/srv/hand")
    inside.run("virsh", "pool-start", "handmade")
    return house


def look(house) -> dict[str, str]:
    out = house.out
    return {
        "domain": out("virsh", "dumpxml", "--inactive", "handmade"),
        "running": out("virsh", "domid", "handmade") + out("pgrep", "--full", "guest=handmade"),
        "network": out("virsh", "net-dumpxml", "handmade"),
        "pool": out("virsh", "pool-dumpxml", "--inactive", "handmade"),
        "rules": out("nft", "--handle", "list", "table", "inet", "handmade"),
        "hand0": out("ip", "-brief", "link", "show", "hand0"),
        "hand1": out("ip", "-brief", "link", "show", "hand1"),
        "netdev": out("stat", "--format=%y", "/etc/systemd/network/50-hand1.netdev"),
        "sysctl": out("stat", "--format=%y", "/etc/sysctl.d/hand.conf"),
    }


def test_apply_change_removal_and_rollback_leave_it_alone(handmade):
    before = look(handmade)
    for text in (site(), site().replace("10.20.0.199", "10.20.0.180"), describe(), site()):
        if "web" in handmade.domains():
            handmade.switch_off()
        handmade.apply(text, *ALLOW)
        assert look(handmade) == before
        handmade.assert_settled()
    handmade.switch_off()
    handmade.gasthof("rollback", *ALLOW)
    assert look(handmade) == before


def test_a_plan_never_names_it(handmade):
    handmade.container.put(DESCRIPTION, describe())
    assert "hand" not in handmade.gasthof("plan").replace("handle", "")


@pytest.mark.cost(5, telling=2)
def test_a_described_guest_does_not_take_over_a_foreign_one_of_its_name(handmade):
    """Adoption is asked for, never a side effect (ARCHITECTURE.md, decision 4)."""
    before = look(handmade)
    guest = "guests:\n  handmade: {virtualization: emulated, vcpus: 1, memory: 96MiB}\n"
    handmade.container.put(DESCRIPTION, describe(guest))
    done = handmade.container.run("gasthof", "apply", check=False)
    assert done.returncode != 0
    assert "handmade" in done.stdout + done.stderr
    assert look(handmade) == before
