"""The Debian guest image: a plain Debian 13 with systemd and the real cloud-init, on ext4. Needs
root because its tree is made by recipes/roots. A tiny initramfs stands for Debian's own: quicker to
boot, and the only part that is not as Debian ships it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from cpio import Cpio
from debs import DebsError, run
from image import BOOT_END, SECTOR, BootDisk, pack_base, words

HERE = Path(__file__).parent
RECIPES = HERE.parent.parent
SOURCES = [RECIPES / "roots.d/guest-debian.packages", RECIPES / "roots.d/make"]
ROOT_MIB = 1024
UNWANTED = ["apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "fstrim.timer",
            "e2scrub_all.timer", "e2scrub_reap.service"]


def tree():
    """The root tree; made when it is missing, with its own lines of progress."""
    done = subprocess.run([RECIPES / "roots", "path", "guest-debian"], stdout=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode:
        raise DebsError("its root tree could not be made (see above)")
    return Path(done.stdout.strip())


def dress(stage):
    """Makes the copied tree a guest: our files, units, nothing that must be each guest's own."""
    for path in sorted((HERE / "files").rglob("*")):
        if path.is_file():
            goal = stage / path.relative_to(HERE / "files")
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, goal)
    for gone in [*stage.glob("boot/*"), *stage.glob("etc/ssh/ssh_host_*"), stage / "vmlinuz",
                 stage / "initrd.img", stage / "etc/hostname"]:
        gone.unlink(missing_ok=True)
    (stage / "etc/machine-id").write_text("uninitialized\n")
    inside = ["chroot", str(stage), "systemctl"]
    run([*inside, "enable", "hello.service", "systemd-networkd.service", "systemd-resolved.service",
         "ssh.service"])
    run([*inside, "mask", *UNWANTED])
    link = stage / "etc/resolv.conf"
    link.unlink(missing_ok=True)
    link.symlink_to("../run/systemd/resolve/stub-resolv.conf")


def initramfs(root):
    archive = Cpio()
    archive.folder("root")
    pack_base(archive, root, words(HERE / "initrd.modules"))
    archive.tree(HERE / "initrd")
    return archive.bytes()


def build(target, cache, say):
    """Writes guest-debian.qcow2 into the folder `target`."""
    if os.geteuid() != 0:
        raise DebsError("must be run as root (its tree is made with mmdebstrap)")
    say("root tree")
    root = tree()
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        stage = Path(scratch) / "stage"
        disk = BootDisk(Path(scratch) / "disk.raw", cache)
        run(["cp", "-a", "--reflink=auto", str(root), str(stage)])
        dress(stage)
        say("image")
        disk.partition(ROOT_MIB * 2**20 // SECTOR)
        disk.fill(next((root / "boot").glob("vmlinuz-*")), initramfs(root),
                  (HERE / "args").read_text().strip())
        offset = BOOT_END * SECTOR
        run(["/sbin/mke2fs", "-q", "-t", "ext4", "-L", "guest-root", "-d", str(stage),
             "-E", f"offset={offset}", str(disk.path), f"{ROOT_MIB}M"])
        disk.write_qcow2(target / "guest-debian.qcow2")
