"""Guests start with the host in their order, and go down with it in the reverse order, each within
its own time."""

import re

import pytest

from container import until, wait_for
from described import IMAGE, POOL, describe, image_digest

pytestmark = [pytest.mark.cost(70, telling=2)]

LOGS = "/var/log/guest,"  # PIT51: a comma means nothing to QEMU as libvirt tells it
DISK = "/var/lib/a,b.img"


def guest(name: str, more: str, root: str = "image: small, size: 64MiB") -> str:
    """One without a network: its console tells when it can hear its power button."""
    return f"""
  {name}:
    virtualization: emulated
    memory: 160MiB
    disks: {{root: {{{root}}}}}
    serial: {{log: "{LOGS}{name}.log"}}
    cloud_init: {{}}
    {more}"""


def site() -> str:
    image = f'{{url: "file://{IMAGE}", sha256: "{image_digest()}", pool: default}}'
    return describe(
        POOL,
        f"images: {{small: {image}}}",
        "guests:"
        + guest("zoo", "autostart: {order: 1, delay: 2s}")
        + guest("app", "autostart: {order: 2}")
        # libvirt's own autostart; no system is on it that could hear a power button
        + guest(
            "deaf",
            "autostart: true\n    stop_timeout: 2s\n    on_stop_timeout: destroy",
            root=f'path: "{DISK}"',
        ),
    )


def is_up(house, name: str) -> bool:
    path = f"{LOGS}{name}.log"
    return house.container.exists(path) and b"serving" in house.container.get(path)


def autostarts(house) -> set[str]:
    return set(house.out("virsh", "list", "--all", "--autostart", "--name").split())


def told(text: str) -> list[tuple[str, str]]:
    """guest -> what became of it, in order."""
    words = r"was started|is asked|is off|its plug is pulled"
    return re.findall(rf"guest (\w+) .*?({words})", text)


def test_up_in_order_and_down_in_reverse(new_house):
    house = new_house
    house.container.run("truncate", "--size=64M", DISK)
    house.apply(site())
    assert autostarts(house) == {"deaf"}  # the others are not libvirt's to start
    house.assert_settled()
    for name in ("zoo", "app"):
        wait_for(f"{name} up", lambda name=name: is_up(house, name), 400)
        house.container.run("rm", f"{LOGS}{name}.log")

    # to stop the service while the host stays up stops nothing
    house.container.run("systemctl", "restart", "gasthof-guests.service")
    assert len(house.out("virsh", "list", "--name").split()) == 3

    house.container.run("mkdir", "-p", "/var/log/journal")  # the journal outlives the boot
    house.container.run("journalctl", "--flush")
    assert house.container.power_off(300)
    house.container.boot()
    said = house.out("journalctl", "--boot=-1", "--unit=gasthof-guests.service", "--output=cat")
    assert told(said) == [
        ("deaf", "is asked"),
        ("deaf", "its plug is pulled"),
        ("deaf", "is off"),
        ("app", "is asked"),
        ("app", "is off"),
        ("zoo", "is asked"),
        ("zoo", "is off"),
    ]

    house.container.wait_unit("gasthof-guests-start.service", timeout=180)
    unit = "gasthof-guests-start.service"
    started = lambda: told(house.container.journal(unit))  # noqa: E731
    wait_for("both started", lambda: len(started()) == 2, 180)
    assert started() == [("zoo", "was started"), ("app", "was started")]
    names = lambda: set(house.out("virsh", "list", "--name").split())  # noqa: E731
    until("all run", names, lambda seen: seen == {"zoo", "app", "deaf"})
    ids = dict(re.findall(r"(\d+)\s+(\w+)\s+running", house.out("virsh", "list")))
    order = [ids[number] for number in sorted(ids, key=int)]
    assert order.index("zoo") < order.index("app")
    house.assert_settled()
