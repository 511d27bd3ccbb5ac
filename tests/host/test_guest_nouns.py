"""What a guest can be is taken by either release's libvirt, and is then as it was described."""

from pathlib import Path

import pytest

from container import Container
from described import Described
from trees import root_tree

pytestmark = [pytest.mark.cost(15, telling=1)]

GUESTS = Path(__file__).with_name("guests.yaml")
FILES = [f"/srv/{name}" for name in ("a.img", "b.img", "c.img", "d.iso", "e.img")]


@pytest.mark.parametrize("root", ["bookworm", "host"], ids=["libvirt-9.0", "libvirt-11.3"])
def test_every_noun_is_taken_and_settles(root, installed):
    with Container(root_tree(root), [installed]) as container:
        house = Described(container)
        container.run("truncate", "--size=1M", *FILES)
        container.put("/etc/gasthof/secrets/vnc", "geheim\n", 0o600)
        house.apply(GUESTS.read_text())
        assert len(house.domains()) == GUESTS.read_text().count("virtualization: emulated")
        house.assert_settled()
