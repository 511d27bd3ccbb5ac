"""A guest that is at work is changed while it runs: devices, sizes, limits, media. It is emulated;
tests/metal/test_live_changes.py does the same with KVM."""

import pytest

import live_changes
from container import Container, wait_for
from described import (EXIT_PENDING, EXIT_REFUSED, NETWORK, POOL, Described, describe, image_digest,
                       image_section)
from trees import root_tree

pytestmark = [pytest.mark.cost(80, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]


class Emulated(live_changes.Guest):
    """The guest in a container. Its kernel says "Allowing 1 present CPUs plus 0 hotplug CPUs" of
    what QEMU emulates, so it does not look at a second one: that is for the metal tier."""

    takes_cpus = has_cgroup = False

    def __init__(self, house):
        self.house, self.site = house, describe(NETWORK, POOL, image_section(image_digest()))
        super().__init__("emulated")

    def apply_once(self, **how):
        return self.house.apply(self.site + self.description(**how), "--allow", "destroys-data")

    def run(self, *command):
        return self.house.out(*command)

    def ask(self, path):
        url = f"http://{live_changes.ADDRESS}{path}"
        return wait_for(url, lambda: self.house.container.fetch(url), 120)

    def wait(self, judge, what):
        wait_for(what, judge, 120)

    def settled(self):
        self.house.wait_settled()

    def differs(self):
        plan = self.house.gasthof("plan", "--exit-code", status=EXIT_PENDING)
        return plan, self.house.gasthof("status")


@pytest.fixture(params=["bookworm", "host"], ids=["libvirt-9.0", "libvirt-11.3"])
def new_house(request, installed, image_tree):
    """Of either release."""
    with Container(root_tree(request.param), [image_tree, installed]) as container:
        yield Described(container)


@pytest.fixture
def web(new_house):
    live_changes.put_cds(new_house.out)
    guest = Emulated(new_house)
    guest.apply()
    return guest


def test_a_guest_at_work_is_changed_and_never_started_anew(web):
    live_changes.goes_through(web)
    # what a disk held goes only with permission, and the guest lets go of it all the same
    said = web.house.apply(web.site + web.description(vcpus="2"), status=EXIT_REFUSED)
    assert "volumes.web-grown needs permission for class destroys-data" in said
    web.reaches("the guest lets go", web.xml, lambda xml: "-grown" not in xml)
