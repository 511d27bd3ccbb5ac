"""A description is made so, and once: the whole way on a real systemd, libvirt and kernel."""

import pytest

import strace
from container import wait_for
from described import ALLOW, DESCRIPTION, EXIT_PENDING, describe, different, site

pytestmark = [pytest.mark.cost(10, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]
OURS = ("/var/lib/gasthof/", "/run/", "/dev/null")


@pytest.fixture(scope="module")
def applied(house):
    """A machine to which the small site was applied."""
    house.container.put(DESCRIPTION, site())
    house.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    house.apply()
    return house


def test_the_plan_shows_what_is_to_come_and_does_nothing(new_house):
    new_house.container.put(DESCRIPTION, site())
    before = new_house.fingerprint()
    said = new_house.gasthof("plan")
    for item in ("networks.lab", "pools.default", "images.small", "guests.web"):
        assert item in said
    assert new_house.fingerprint() == before


def test_everything_described_is_there(applied):
    assert "web" in applied.domains()
    assert applied.out("virsh", "domstate", "web") == "running"
    assert applied.out("virsh", "pool-list", "--name") == "default"
    assert "lab" in applied.networks()
    assert "masquerade" in applied.rules()
    assert "10.20.0.1/24" in applied.out("ip", "-brief", "address", "show", "type", "bridge")
    assert applied.out("pgrep", "--count", "dnsmasq") == "1"


def test_nothing_is_left_to_do(applied):
    applied.assert_settled()


def test_a_second_apply_writes_nothing(applied, tmp_path):
    before = applied.fingerprint()
    processes = applied.out("pgrep", "--list-full", "dnsmasq|qemu-system")
    changes = strace.written(applied.container, tmp_path / "log", "gasthof", "apply")
    assert [c for c in changes if not c.split(" ", 1)[1].startswith(OURS)] == []
    assert applied.fingerprint() == before
    assert applied.out("pgrep", "--list-full", "dnsmasq|qemu-system") == processes
    assert "no changes" in applied.apply().lower()


@pytest.mark.cost(40, telling=1)
def test_the_guest_gets_an_address_and_answers_by_its_name(applied):
    """Its seed names it, dnsmasq leases the address, the bridge carries the answer (F23)."""

    def leased():
        leases = "/var/lib/gasthof/networks/lab/dnsmasq.leases"
        said = applied.container.run("cat", leases, check=False)
        return [line.split()[2] for line in said.stdout.splitlines() if "web" in line]

    address = wait_for("lease", leased, timeout=240)[0]
    ask = ("curl", "-sf", "-m", "20", f"http://{address}/")
    said = wait_for("answer", lambda: applied.container.run(*ask, check=False).stdout, timeout=240)
    assert said == "hello from web\n"


def test_a_description_without_items_removes_what_was_ours(new_house):
    new_house.container.put(DESCRIPTION, describe())
    new_house.container.run("systemctl", "enable", "--now", "systemd-networkd.service")
    # a host has a link besides its loopback: by that it is seen that networkd runs already
    new_house.container.run("ip", "link", "add", "card0", "type", "bridge")
    before = new_house.fingerprint()
    new_house.apply(site())
    new_house.switch_off()
    new_house.apply(describe(), *ALLOW)
    after = new_house.fingerprint()
    assert different(before, after) == {}
    assert new_house.out("pgrep", "--count", "dnsmasq", check=False) == "0"
    new_house.assert_settled()
