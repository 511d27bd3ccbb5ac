"""The appliance boots from a disk and from a stick, keeps what it must, and never touches another
disk of the same build. No guest here: test_first_light.py has one."""

import base64
import hashlib

import pytest

from light import TREE, Appliance, call, make_key
from machine import Disk

CONSOLE_SECONDS = 600  # a bound, not a promise
DESCRIPTION = "gasthof: 1\nhost: {name: metal}\n"


def stamp(image, out):
    """A medium with DESCRIPTION. The key comes another way: a description need not hold one."""
    text = out.with_suffix(".yaml")
    text.write_text(DESCRIPTION)
    call([TREE / "installer" / "stamp", image, text, "-o", out, "--size", "6G"], "stamping")
    return out


def credential(key):
    """What QEMU is told so that the firmware hands the key to systemd, which gives it to root."""
    text = base64.b64encode(key.with_suffix(".pub").read_bytes()).decode()
    return ["-smbios", f"type=11,value=io.systemd.credential.binary:ssh.authorized_keys.root={text}"]


@pytest.fixture
def boot(box, workdir):
    """boot(medium, bus=..., others=...) -> the running appliance, when its console speaks and it
    lets us in. The medium is the one that firmware boots; other disks come before it."""
    key = make_key(workdir)

    def start(medium, bus="virtio", others=()):
        others = [Disk(each, snapshot=False, boot_index=9) for each in others]
        new = box(kind=First, medium=medium, bus=bus, key=key, others=others,
                  extra=credential(key))
        seen = new.wait_for_serial(r"^Enter: log in", CONSOLE_SECONDS)
        print(f"console {seen.at:.1f} s after power-on")
        new.wait_for_ssh()
        return new

    return start


class First(Appliance):
    """An appliance whose own disk is the last that the kernel finds, and the first that boots."""

    def __post_init__(self):
        super().__post_init__()
        self.disks[0].boot_index = 1
        self.disks.reverse()


def says(host, command):
    return host.ssh(command, timeout=300).stdout.strip()


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def partitions(host):
    """Which disk /var, the ESP and the two halves of the root are on."""
    command = "findmnt -no SOURCE /var; findmnt -no SOURCE /efi; dmsetup deps -o devname root"
    return says(host, command)


@pytest.mark.cost(200, telling=1)
def test_boots_from_a_disk_and_keeps_what_it_must(boot, appliance_image, workdir):
    mine = stamp(appliance_image, workdir / "mine.raw")
    host = boot(mine)
    assert partitions(host).count("vda") == 4
    assert says(host, "cat /etc/gasthof/host.yaml") == DESCRIPTION.strip()
    assert host.ssh("touch /usr/x", check=False).returncode == 1
    keeps = "cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub /etc/gasthof/kept"
    identity = says(host, "echo mark >/etc/gasthof/kept; " + keeps)
    host.powerdown(timeout=240)

    # Again, behind a disk of the same build: the same host, and not a byte of the other is written.
    other = stamp(appliance_image, workdir / "other.raw")
    before = digest(other)
    host = boot(mine, others=[other])
    assert partitions(host).count("vdb") == 4
    assert says(host, keeps) == identity
    assert says(host, "systemctl list-units --failed --no-legend --plain") == ""
    host.powerdown(timeout=240)
    assert digest(other) == before


@pytest.mark.cost(150, telling=1)
def test_boots_from_a_stick_beside_a_disk_of_the_same_build(boot, appliance_image, workdir):
    stick = stamp(appliance_image, workdir / "stick.raw")
    disk = stamp(appliance_image, workdir / "disk.raw")
    before = digest(disk)
    host = boot(stick, bus="usb", others=[disk])
    assert partitions(host).count("sda") == 4
    host.powerdown(timeout=240)
    assert digest(disk) == before
