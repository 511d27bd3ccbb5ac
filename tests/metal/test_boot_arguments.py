"""The kernel's command line, changed by trials: what is well is kept, what is not falls back with no
key pressed and says why. With systemd-boot on the appliance's disk, and by kexec on a machine that
gets kernel and initrd from elsewhere. B7."""

import base64
import subprocess
import sys

import pytest

from light import TREE, Appliance, call, make_key
from machine import Disk

sys.path.append(str(TREE / "recipes" / "guest"))
from cpio import Cpio  # noqa: E402 (its folder is known only now)

START_SECONDS = 600  # bounds, not promises
TRIAL_SECONDS = 900
ENTRIES = "/efi/loader/entries"
TRIAL = "/var/lib/gasthof/boot/trial"


def wish(*args):
    return "gasthof: 1\nhost: {name: metal}\nkernel: {args: {%s}}\n" % ", ".join(args)


class Rebooting(Appliance):
    """An appliance that may be reset, with what to do about it."""

    def says(self, command):
        return self.ssh(command, timeout=300).stdout.strip()

    def boot(self):
        return self.says("cat /proc/sys/kernel/random/boot_id")

    def describe(self, text):
        """The agent sees it first, and leaves to a person what it may not do."""
        self.ssh(f"cat >/etc/gasthof/.new <<'END'\n{text}END\n"
                 "mv /etc/gasthof/.new /etc/gasthof/host.yaml", timeout=300)

    def apply(self, text):
        """Applies a description, which reboots the machine; the id of the boot that ends so."""
        before = self.boot()
        self.describe(text)
        plan = self.ssh("gasthof", "plan", timeout=300).stdout
        assert "boot" in plan and "reboot" in plan, plan
        refused = self.ssh("gasthof", "apply", timeout=300, check=False)
        assert refused.returncode == 5, refused.stdout + refused.stderr
        try:  # the connection goes with the machine, in order or not
            self._ssh(("gasthof", "apply", "--allow", "reboot"), 600)
        except subprocess.TimeoutExpired:
            pass
        return before

    def wait_boot(self, known, line):
        """Waits until a boot that is none of `known` lets us in, its command line having (or, after
        "!", not having) this word; its id."""
        def attempt(_left):
            try:
                done = self._ssh(("cat /proc/sys/kernel/random/boot_id /proc/cmdline",), 60)
            except Exception as error:
                raise OSError("no answer") from error
            new, _, words = done.stdout.partition("\n")
            if done.returncode or new in known or (line[1:] in words) == line.startswith("!"):
                raise OSError(f"still {done.stdout or done.stderr}")
            return new
        return self._retry(attempt, TRIAL_SECONDS, f"another boot, {line}")

    def wait_kept(self):
        """Waits until the trial at hand has been judged and tidied up."""
        def attempt(_left):
            done = self._ssh((f"test ! -e {TRIAL} && gasthof plan --exit-code",), 120)
            if done.returncode:
                raise OSError(f"{done.stdout}{done.stderr}")
        self._retry(attempt, TRIAL_SECONDS, "a trial that is kept")

    def wait_fault(self, *words):
        """Waits until `gasthof status` has a fault with these words."""
        def attempt(_left):
            done = self._ssh(("gasthof", "status"), 120)
            said = done.stdout + done.stderr
            if done.returncode != 4 or not all(word in said for word in words):
                raise OSError(f"status {done.returncode}: {said}")
        self._retry(attempt, 600, f"a fault that says {words}")


def credential(key):
    """What QEMU is told so that systemd gives the key to root."""
    text = base64.b64encode(key.with_suffix(".pub").read_bytes()).decode()
    return ["-smbios", f"type=11,value=io.systemd.credential.binary:ssh.authorized_keys.root={text}"]


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


@pytest.mark.cost(960, telling=1)
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


@pytest.mark.cost(560, telling=2)
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
