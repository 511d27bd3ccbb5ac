"""Guests keep their bridge when systemd-networkd restarts, whatever else its files match."""

import pytest

from container import Container, wait_for
from test_container import GUEST, NETDEV, NETWORK
from trees import TREE

pytestmark = [pytest.mark.cost(8, telling=2), pytest.mark.kernel("bridge", "tun")]
SHIPPED = "usr/lib/systemd/network/00-gasthof-guests.network"
BROAD = "[Match]\nType=ether\nKind=!bridge\n[Network]\nDHCP=ipv4\n"


@pytest.fixture(scope="module")
def broad(debian_13):
    """A host on which somebody let networkd manage every Ethernet link, and a guest."""
    with Container(debian_13) as container:
        container.put("/etc/systemd/network/10-guests0.netdev", NETDEV)
        container.put("/etc/systemd/network/10-guests0.network", NETWORK)
        container.put("/etc/systemd/network/90-all.network", BROAD)
        container.run("systemctl", "restart", "systemd-networkd.service")
        wait_for("bridge", lambda: container.exists("/sys/class/net/guests0"))
        container.run("virsh", "create", "/dev/stdin", input=GUEST, timeout=400)
        yield container


def tap_state(container: Container) -> str:
    """What networkd says of the guest's tap, once it has said so."""

    def known():
        # for a moment after its start networkd knows of no link at all
        said = container.run("networkctl", "list", "--no-legend", "vnet*", check=False)
        line = said.stdout.split()
        return line[4] if line and line[4] not in ("pending", "initialized") else None

    return wait_for("tap known to networkd", known)


def in_bridge(container: Container) -> bool:
    return "vnet" in container.out("ip", "-brief", "link", "show", "master", "guests0")


def test_with_the_shipped_file_the_tap_stays(broad):
    broad.put(f"/{SHIPPED}", (TREE / "rootfs" / SHIPPED).read_bytes())
    broad.run("systemctl", "restart", "systemd-networkd.service")
    assert tap_state(broad) == "unmanaged"
    assert in_bridge(broad)


def test_without_it_the_guest_is_cut_off(broad):
    """The control: should networkd stop doing this one day, the file has lost its reason."""
    broad.run("rm", "-f", f"/{SHIPPED}")
    broad.run("systemctl", "restart", "systemd-networkd.service")
    wait_for("tap out of its bridge", lambda: not in_bridge(broad))
