"""The kernel's command line, changed by trials: what is well is kept, what is not falls back with no
key pressed and says why. With systemd-boot on the appliance's disk, and by kexec on a machine that
gets kernel and initrd from elsewhere. B7."""

import sys

import pytest

from light import TREE, call, make_key
from rebooting import START_SECONDS, Rebooting, credential

sys.path.append(str(TREE / "recipes" / "guest"))
from cpio import Cpio  # noqa: E402 (its folder is known only now)

ENTRIES = "/efi/loader/entries"


def wish(*args):
    return "gasthof: 1\nhost: {name: metal}\nkernel: {args: {%s}}\n" % ", ".join(args)


def stamp(image, out):
    text = out.with_suffix(".yaml")
    text.write_text("gasthof: 1\nhost: {name: metal}\n")
    call([TREE / "installer" / "stamp", image, text, "-o", out, "--size", "6G"], "stamping")
    return out


def entries(host):
    """The endings of the entries' names behind the image's version: "", "-1", "-2+0-1"."""
    names = host.says(f"ls {ENTRIES}").split()
    version = host.says(". /etc/os-release; echo $IMAGE_VERSION")
    return sorted(name.removeprefix(f"gasthof-{version}").removesuffix(".conf") for name in names)


@pytest.mark.cost(620, telling=1)
def test_a_good_line_is_kept_and_bad_ones_fall_back(box, appliance_image, workdir):
    key = make_key(workdir)
    host = box(kind=Rebooting, medium=stamp(appliance_image, workdir / "disk.raw"), key=key,
               reboots=True, extra=credential(key))
    host.wait_for_ssh(START_SECONDS)
    own = host.says("cat /proc/cmdline")

    # Rebooted on its own, in force, blessed, and without the words of the trial from then on.
    first = host.apply(wish("mitigations: auto"))
    good = host.wait_boot([first], "=mitigations=auto")
    host.wait_kept()
    assert entries(host) == ["", "-1"]
    assert host.says(f"grep -h ^options {ENTRIES}/*-1.conf").split(maxsplit=1)[1] == (
        own + " mitigations=auto")
    known = [first, good]

    # It ends in the initrd's emergency mode; it panics; it starts, and the agent never does.
    for number, (bad, why) in enumerate([
            ("root: /dev/nowhere", "the initrd did not reach the root file system /dev/nowhere"),
            ("rdinit: /nonexistent", "it panicked or hung before user space"),
            ("systemd.mask: gasthof.service", "gasthof.service is masked")], 2):
        word = bad.replace(": ", "=")
        host.apply(wish("mitigations: auto", bad))
        known.append(host.wait_boot(known, f"!{word}"))
        assert host.says("cat /proc/cmdline") == own + " mitigations=auto"
        host.wait_fault(f"+{word}", why)
        assert entries(host) == ["", "-1", f"-{number}+0-1"]
        print(f"{word}: back {host.seconds():.0f} s after power-on")
    # What failed is not tried again, and a description without it is as it should be.
    refused = host.ssh("gasthof", "apply", "--allow", "reboot", check=False, timeout=300)
    assert refused.returncode == 4, refused.stdout + refused.stderr
    host.describe(wish("mitigations: auto"))
    host.wait_settled()
    assert host.boot() == known[-1]


DISK_RULE = """\
SUBSYSTEM!="block", GOTO="end"
KERNEL=="vda", ENV{DEVTYPE}=="disk", SYMLINK+="gasthof/disk"
KERNEL=="vda?*", ENV{ID_PART_ENTRY_NAME}=="?*", SYMLINK+="gasthof/$env{ID_PART_ENTRY_NAME}"
LABEL="end"
"""


class Diskless(Rebooting):
    """Kernel and initrd come from elsewhere at each start (here from QEMU), the line with them. A
    disk is there all the same, which no boot loader names: it holds the state."""

    def __init__(self, workdir, medium, boot, line, **order):
        super().__init__(workdir, medium, **order)
        self.firmware = "bios"
        kernel, initrd = boot
        self.extra += ["-kernel", kernel, "-initrd", initrd, "-append", line]


@pytest.fixture
def elsewhere(appliance_image, workdir):
    """Kernel, initrd and line of the image, as a boot server would have them. The initrd knows the
    state's disk, which is otherwise found by what the boot loader says."""
    built = appliance_image.resolve().parent
    more = Cpio()
    more.file("usr/lib/udev/rules.d/62-state.rules", DISK_RULE.encode())
    initrd = workdir / "initrd"
    initrd.write_bytes(more.bytes() + (built / "initrd").read_bytes())
    line = (built / "cmdline").read_text() + " console=ttyS0,115200 systemd.mask=efi.mount"
    return (built / "vmlinuz", initrd), line


@pytest.mark.cost(350, telling=2)
def test_by_kexec_where_a_disk_remembers(box, appliance_image, workdir, elsewhere):
    boot, line = elsewhere
    key = make_key(workdir)
    # One processor: with several, QEMU 10 was seen to end in an assertion of its own
    # (iotlb_to_section) when a kernel that came by kexec moved the cards about.
    host = box(kind=Diskless, medium=stamp(appliance_image, workdir / "state.raw"), boot=boot,
               line=line, key=key, reboots=True, extra=credential(key), cpus=1)
    host.wait_for_ssh(START_SECONDS)
    host.describe(wish("mitigations: auto"))
    refused = host.ssh("gasthof", "plan", check=False, timeout=300)
    assert refused.returncode == 4
    assert "there is no /boot/vmlinuz" in refused.stderr
    assert f"have whatever boots this machine say: {line} mitigations=auto" in refused.stderr

    put_kernel(host, boot)
    first = host.apply(wish("mitigations: auto"))
    resets = host.resets()
    good = host.wait_boot([first], "=mitigations=auto")
    assert host.resets() == resets
    host.wait_kept()

    put_kernel(host, boot)
    host.apply(wish("mitigations: auto", "rdinit: /nonexistent"))
    host.wait_boot([first, good], "!rdinit")
    assert host.says("cat /proc/cmdline") == line
    host.wait_fault("+rdinit=/nonexistent", "it panicked or hung before user space")


def put_kernel(host, boot):
    """Where Debian has them; the image has no room there."""
    host.ssh("mount -t tmpfs boot /boot", timeout=300)
    for source, name in zip(boot, ("vmlinuz", "initrd.img")):
        host.put(source, f"/boot/{name}-$(uname -r)")
