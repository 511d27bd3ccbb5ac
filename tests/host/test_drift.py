"""What was changed by hand is named field by field, and put right; what was taken out of the
description goes."""

import pytest

from described import (
    ALLOW,
    EXIT_PENDING,
    GUEST,
    NETWORK,
    POOL,
    describe,
    image_digest,
    image_section,
    site,
)

pytestmark = [pytest.mark.cost(6, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]


@pytest.fixture(scope="module")
def settled(house):
    house.apply(site())
    return house


@pytest.fixture(autouse=True)
def put_right(settled):
    """Every test leaves the machine as described."""
    yield
    settled.apply(site(), *ALLOW)
    settled.assert_settled()


def drifted(house, *paths: str) -> None:
    """Plan and status both name the place."""
    plan = house.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    status = house.gasthof("status")
    for path in paths:
        assert path in plan
        assert path in status


def test_a_guest_s_memory(settled):
    settled.container.run("virsh", "setmaxmem", "web", "100M", "--config")
    settled.container.run("virsh", "setmem", "web", "100M", "--config")
    drifted(settled, "guests.web", "memory")


def test_a_guest_that_was_switched_off(settled):
    settled.switch_off()
    drifted(settled, "guests.web", "state")


def test_a_guest_that_was_undefined(settled):
    settled.switch_off()
    settled.container.run("virsh", "undefine", "web")
    drifted(settled, "guests.web")


def test_the_rules(settled):
    settled.container.run("nft", "flush", "table", "inet", "gasthof")
    drifted(settled, "firewall")


def test_the_rules_as_a_whole(settled):
    settled.container.run("nft", "delete", "table", "inet", "gasthof")
    drifted(settled, "firewall")


def test_a_dnsmasq_that_was_stopped(settled):
    units = settled.out("systemctl", "list-units", "--plain", "--no-legend", "gasthof*dns*")
    unit = units.split()[0]
    settled.container.run("systemctl", "stop", unit)
    drifted(settled, "networks.lab")


def test_a_pool_that_was_stopped(settled):
    settled.container.run("virsh", "pool-destroy", "default")
    drifted(settled, "pools.default")


def test_a_file_that_was_edited(settled):
    """A file of ours is compared with what it should be, not with a memory of having written it."""
    name = settled.out("sh", "-c", "grep -l 10.20.0.1/24 /etc/systemd/network/*").split()[0]
    settled.container.run("sed", "-i", "s|10.20.0.1/24|10.20.0.9/24|", name)
    drifted(settled, "lab")


def test_a_field_that_changes_in_the_description(settled):
    settled.apply(site().replace("10.20.0.199", "10.20.0.150"))
    script = "tr '\\0' '\\n' </proc/$(pgrep dnsmasq)/cmdline; grep -rs 10.20.0.150 /etc /run"
    assert "10.20.0.150" in settled.container.run("sh", "-c", script, check=False).stdout
    settled.assert_settled()


def test_a_field_taken_out_goes_back_to_its_default(settled):
    """Three-way: given once and no longer."""
    settled.apply(site("host: {sysctl: {net.ipv4.ip_nonlocal_bind: 1}}"))
    assert settled.out("sysctl", "-n", "net.ipv4.ip_nonlocal_bind") == "1"
    settled.apply(site())
    settled.assert_settled()
    assert "ip_nonlocal_bind" not in settled.out("sh", "-c", "cat /etc/sysctl.d/*; true")


def test_a_member_taken_out_is_removed_and_the_rest_stays(settled):
    second = GUEST.replace("guests:\n", "").replace("  web:", "  mail:")
    settled.apply(describe(NETWORK, POOL, image_section(image_digest()), GUEST + second))
    assert sorted(settled.domains()) == ["mail", "web"]
    web = settled.out("virsh", "domid", "web")
    settled.switch_off("mail")
    settled.apply(site(), *ALLOW)
    assert settled.domains() == ["web"]
    assert settled.out("virsh", "domid", "web") == web


@pytest.mark.cost(25, telling=2)
def test_a_libvirt_that_is_started_anew_while_it_is_asked(settled):
    """A run at hand may do so; whoever looks meanwhile asks once more."""
    script = (
        "for i in 1 2 3 4 5 6 7 8; do gasthof plan --exit-code >/tmp/plan.$i 2>&1 & plan=$!; "
        "sleep 0.0$i; systemctl reset-failed libvirtd; systemctl restart libvirtd; "
        "wait $plan || { echo plan $i: $?; cat /tmp/plan.$i; exit 1; }; done"
    )
    done = settled.container.run("bash", "-c", script, check=False, timeout=600)
    assert done.returncode == 0, done.stdout
