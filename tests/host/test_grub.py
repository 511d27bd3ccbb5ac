"""The kernel's command line on a plain Debian with GRUB: the real update-grub and grub-editenv, on
files. GRUB itself runs on no container: what it does with its environment is done by the test.

B7. What only a machine can show: that GRUB boots the entry it is told to, and clears next_entry.
"""

import pytest

from container import Container
from described import DESCRIPTION, EXIT_UNABLE, Described, describe
from trees import TREE, root_tree, staged

# Answers for devices that a container has not: grub-mkconfig asks for those of / and /boot.
GRUB_PROBE = "#!/bin/sh" + """
case "$*" in
*target=device*) echo /dev/vda1 ;;
*target=fs_uuid*) echo 01234567-89ab-cdef-0123-456789abcdef ;;
*target=fs*) echo ext2 ;;
*target=partmap*) echo gpt ;;
*target=hints_string*) echo "--hint-bios=hd0,gpt1" ;;
*target=compatibility_hint*) echo hd0,gpt1 ;;
*) true ;;
esac
"""
ROOT = "root=/dev/vda1 ro"
KERNEL = "/vmlinuz-6.12.1-test"


class Grub(Described):
    """A container that takes itself for a machine which GRUB has booted."""

    def __init__(self, container):
        super().__init__(container)
        self.boots = 0
        container.put("/usr/sbin/grub-probe", GRUB_PROBE, 0o755)
        container.put("/boot/vmlinuz-6.12.1-test", "kernel")
        container.put("/boot/initrd.img-6.12.1-test", "initrd")
        container.put("/etc/default/grub", 'GRUB_DEFAULT=0\nGRUB_TIMEOUT=1\nGRUB_DISTRIBUTOR=Debian\n'
                      'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="net.ifnames=1"\n')
        container.run("mkdir", "-p", "/boot/grub")
        container.run("grub-editenv", "/boot/grub/grubenv", "create")
        container.run("update-grub")
        # Of /proc/sys one file alone cannot be replaced.
        container.run("mkdir", "/run/random")
        container.run("mount", "--bind", "/run/random", "/proc/sys/kernel/random")
        container.put("/run/cmdline", "")
        container.run("mount", "--bind", "/run/cmdline", "/proc/cmdline")
        self.boot(self.default())

    def boot(self, line):
        """The machine starts again, with this line; GRUB has forgotten what it was told for once."""
        self.boots += 1
        self.container.run("grub-editenv", "/boot/grub/grubenv", "unset", "next_entry")
        self.container.put("/run/cmdline", f"BOOT_IMAGE={KERNEL} {line}\n")
        self.container.put("/run/random/boot_id", f"boot-{self.boots}\n")

    def menu(self):
        """name of each entry that is not in a submenu -> the words of its kernel."""
        found, name = {}, None
        for line in self.out("cat", "/boot/grub/grub.cfg").splitlines():
            if line.startswith("menuentry "):
                name = line.split("'")[1]
            elif line.startswith("\tlinux\t") and name:
                found[name], name = line.split("\t")[2].split(" ", 1)[1].strip(), None
        return found

    def default(self):
        return next(iter(self.menu().values()))

    def next_entry(self):
        listed = self.out("grub-editenv", "/boot/grub/grubenv", "list").splitlines()
        return dict(line.split("=", 1) for line in listed).get("next_entry")


@pytest.fixture
def grub(tmp_path):
    shares = tmp_path / "boot"
    shares.mkdir()
    with Container(root_tree("host"), [staged()], shares=[f"{shares}:/boot"]) as container:
        kind = container.out("stat", "-f", "-c", "%T", "/boot")
        if not kind.startswith(("ext", "xfs")):
            pytest.skip(f"the build machine's temporary folder is on {kind}, where GRUB does not write")
        yield Grub(container)


def wish(**args):
    said = ", ".join(f"{name}: {value}" for name, value in args.items())
    return describe("boot: {when: next}", "kernel: {args: {%s}}" % said)


@pytest.mark.cost(20, telling=1)
def test_a_line_is_tried_once_and_kept_behind_what_others_say(grub):
    before = grub.default()
    assert before == f"{ROOT} net.ifnames=1 quiet"
    grub.apply(wish(mitigations="auto", dyndbg='"file a.c +p; x"'))
    assert grub.next_entry() == "gasthof-trial-1"
    assert grub.default() == before
    trial = grub.menu()["Gasthof, arguments 1"]
    assert trial == (f"{before} mitigations=auto 'dyndbg=file a.c +p; x' "
                     "gasthof.trial=1 panic=30")
    grub.container.run("grub-script-check", "/boot/grub/grub.cfg")
    assert "waits for reboot" in grub.gasthof("plan")

    # GRUB quotes the whole word where it has spaces.
    grub.boot(f'{before} mitigations=auto "dyndbg=file a.c +p; x" gasthof.trial=1 panic=30')
    grub.assert_settled()
    assert "healthy" in grub.gasthof("trial", "judge")
    grub.apply()
    grub.assert_settled()
    assert grub.default() == f"{before} mitigations=auto 'dyndbg=file a.c +p; x'"
    assert list(grub.menu()) == [next(iter(grub.menu()))]
    grub.container.run("grub-script-check", "/boot/grub/grub.cfg")
    assert not grub.container.exists("/etc/grub.d/42_gasthof")
    assert not grub.container.exists("/var/lib/gasthof/boot/trial")

    # What is no longer described goes the same way, and what others say stays.
    grub.boot(f'{before} mitigations=auto "dyndbg=file a.c +p; x"')
    grub.assert_settled()
    grub.apply(describe("boot: {when: next}"))
    assert grub.menu()["Gasthof, arguments 1"] == f"{before} gasthof.trial=1 panic=30"


@pytest.mark.cost(10, telling=1)
def test_a_line_that_failed_is_not_tried_again_and_a_rollback_takes_all_back(grub):
    before = grub.container.get("/boot/grub/grub.cfg")
    grub.apply(wish(nosmt="true"))
    assert grub.next_entry() == "gasthof-trial-1"
    grub.gasthof("rollback")
    assert grub.next_entry() is None
    assert grub.container.get("/boot/grub/grub.cfg") == before
    assert not grub.container.exists("/etc/grub.d/42_gasthof")

    grub.apply()
    grub.boot(grub.default())
    said = grub.gasthof("status", status=EXIT_UNABLE)
    assert "+nosmt was tried on the kernel's command line and failed" in said
    assert "panicked or hung before user space" in said
    grub.apply(status=EXIT_UNABLE)
    assert grub.next_entry() is None
    grub.apply(wish(mitigations="auto"))
    assert grub.next_entry() == "gasthof-trial-2"
    assert "Gasthof, arguments 1" not in grub.menu()


@pytest.mark.cost(10, telling=2)
def test_a_removed_package_leaves_no_trial_and_a_purged_one_no_line(grub):
    postrm = "/var/tmp/postrm"
    grub.container.put(postrm, (TREE / "installer/deb/debian/postrm").read_text())
    before = grub.container.get("/boot/grub/grub.cfg")
    own = grub.default()
    grub.apply(wish(mitigations="auto"))
    grub.boot(f"{own} mitigations=auto gasthof.trial=1 panic=30")
    grub.gasthof("trial", "judge")
    grub.apply()
    grub.boot(f"{own} mitigations=auto")
    grub.apply(wish(mitigations="auto", nosmt="true"))
    assert grub.next_entry() == "gasthof-trial-1"
    grub.container.run("sh", postrm, "upgrade")
    assert grub.next_entry() == "gasthof-trial-1"
    grub.container.run("sh", postrm, "remove")
    assert grub.next_entry() is None
    assert list(grub.menu().values()) == [f"{own} mitigations=auto"]
    grub.container.run("sh", postrm, "purge")
    assert grub.container.get("/boot/grub/grub.cfg") == before
    assert not grub.container.exists("/etc/default/grub.d/gasthof.cfg")

    # An entry of theirs that boots once, a file of the same name, a menu by hand: none is touched.
    grub.container.put("/etc/default/grub.d/gasthof.cfg", "GRUB_TIMEOUT=7\n")
    grub.container.run("grub-editenv", "/boot/grub/grubenv", "set", "next_entry=theirs")
    grub.container.put("/boot/grub/grub.cfg", "# made by hand\n")
    for how in ("remove", "purge"):
        grub.container.run("sh", postrm, how)
    assert grub.next_entry() == "theirs"
    assert grub.container.get("/boot/grub/grub.cfg") == b"# made by hand\n"
    assert grub.container.exists("/etc/default/grub.d/gasthof.cfg")


@pytest.mark.cost(5, telling=2)
def test_without_a_first_entry_as_default_nothing_is_changed(grub):
    grub.container.run("sed", "-i", "s/DEFAULT=0/DEFAULT=saved/", "/etc/default/grub")
    grub.container.run("update-grub")
    grub.container.put(DESCRIPTION, wish(nosmt="true"))
    assert "GRUB_DEFAULT=0" in grub.gasthof("apply", status=1)
    assert grub.next_entry() is None
