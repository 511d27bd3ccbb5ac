"""What no run does without having been asked: lose data, cut a network, leave a guest without its
disks. Each is a mistake that people make with a description, or something the machine does to them."""

import pytest

from described import EXIT_REFUSED, describe, image_section, image_digest, site, GUEST, NETWORK, POOL

pytestmark = [pytest.mark.cost(6, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]

FOLDER = "/var/lib/gasthof/pools/default"
RULE = ("fwmark", "0x1", "lookup", "100")
MOVED = describe(NETWORK, POOL.replace(FOLDER, "/srv/moved"), image_section(image_digest()), GUEST)
OTHER_BRIDGE = site().replace("mode: nat", "mode: nat\n    bridge: other")


@pytest.fixture(scope="module")
def made(house):
    """A host with a routing rule of somebody's VPN, and a guest on a network of ours."""
    house.container.run("ip", "rule", "add", *RULE)
    house.apply(site())
    return house


def disks(house) -> list[str]:
    """What the guest would be started with next."""
    return house.out("virsh", "domblklist", "web", "--inactive").splitlines()


def plugged(house, bridge: str) -> bool:
    return "vnet" in house.out("ip", "-br", "link", "show", "master", bridge, check=False)


def test_routing_rules_of_others_outlive_the_start_of_networkd(made):
    assert made.container.unit("systemd-networkd.service") == "active"
    assert " ".join(RULE) in made.out("ip", "rule")


def test_no_boot_waits_for_links_that_never_count(made):
    """networkd brings the unit along, and with no uplink of its own it would wait for two minutes."""
    said = made.container.run(
        "systemctl", "is-enabled", "systemd-networkd-wait-online.service", check=False
    )
    assert said.stdout.strip() == "disabled"


def test_a_guest_at_work_is_not_defined_with_disks_that_are_not_there(made):
    before = disks(made)
    said = made.apply(MOVED, status=EXIT_REFUSED)
    assert "pools.default needs permission for class destroys-data" in said
    made.apply(None, "--partial", status=EXIT_REFUSED)
    assert disks(made) == before
    assert not made.container.exists("/srv/moved")
    made.apply(site())
    made.assert_settled()


def test_a_bridge_with_a_guest_on_it_stays(made):
    said = made.apply(OTHER_BRIDGE, status=EXIT_REFUSED)
    assert "links.gh-lab needs permission for class service-restart" in said
    assert plugged(made, "gh-lab") and "other" not in made.links()
    assert "what is plugged into it is cut off: vnet" in made.gasthof("plan")
    made.apply(None, "--allow", "service-restart")  # in one run
    made.assert_settled()
    assert "gh-lab" not in made.links()
    made.apply(site())
    made.assert_settled()


def test_a_pool_that_is_not_mounted_is_not_filled_with_empty_disks(made):
    """Last: the guest is off from here on."""
    made.switch_off()
    made.container.run("mv", FOLDER, "/srv/unmounted")
    said = made.apply(site(), status=EXIT_REFUSED)
    assert "volumes.web-root needs permission for class destroys-data" in said
    assert "guests.web has this volume, and its file is gone" in made.gasthof("plan")
    made.apply(None, "--partial", status=EXIT_REFUSED)  # as the agent does
    assert not made.container.exists(f"{FOLDER}/web-root.qcow2")
    assert made.out("virsh", "domstate", "web").strip() == "shut off"
    made.container.run("rm", "-r", FOLDER)
    made.container.run("mv", "/srv/unmounted", FOLDER)
    made.apply()
    made.assert_settled()
