"""The small guest image: one FAT partition with Debian's cloud kernel and an initramfs that is the
whole system. Boots by BIOS (SYSLINUX, from 128 MiB of memory) and by UEFI (systemd-boot, from 192
MiB). Made in seconds, without root or mounts."""

import lzma
import os
import re
import struct
import tempfile
from pathlib import Path

from cpio import Cpio
from debs import DebsError, Suite, run

HERE = Path(__file__).parent
SUITE = "trixie"
SECTOR = 512
DISK = 24 * 1024 * 1024
START = 63  # first sector of the partition
NAME = "guest-small"


def own_suite():
    """The release of this machine, whose mtools and SYSLINUX can run here."""
    found = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M)
    if not found:
        raise DebsError("/etc/os-release names no Debian release")
    return found[1]


class Modules:
    """The kernel modules in an unpacked linux-image package."""

    def __init__(self, root):
        self.release = next((root / "usr/lib/modules").iterdir()).name
        folder = root / "usr/lib/modules" / self.release
        self._files = {path.name.split(".")[0].replace("-", "_"): path
                       for path in folder.rglob("*.ko.xz")}
        self.needs = {}
        self.code = {}

    def add(self, name):
        """Takes a module and what it depends on."""
        if name in self.needs:
            return
        if name not in self._files:
            raise DebsError(f'kernel {self.release} has no module "{name}"')
        self.code[name] = lzma.decompress(self._files[name].read_bytes())
        found = re.search(rb"\0depends=([^\0]*)\0", self.code[name])
        names = found[1].decode().replace("-", "_").split(",") if found else []
        self.needs[name] = [need for need in names if need]
        for need in self.needs[name]:
            self.add(need)

    def closure(self, name, order=None):
        """What must be there before `name`, in the order of loading."""
        order = [] if order is None else order
        for need in self.needs[name]:
            self.closure(need, order)
            if need not in order:
                order.append(need)
        return order

    def pack(self, archive):
        """Puts the modules and their modules.dep into an initramfs."""
        folder = f"lib/modules/{self.release}"
        lines = []
        for name in sorted(self.needs):
            archive.file(f"{folder}/{name}.ko", self.code[name])
            needs = [f"{need}.ko" for need in reversed(self.closure(name))]
            lines.append(f"{name}.ko: {' '.join(needs)}")
        archive.file(f"{folder}/modules.dep", ("\n".join(lines) + "\n").encode())


def words(path):
    return [line for line in path.read_text().splitlines() if line and line[0] != "#"]


def initramfs(root):
    archive = Cpio()
    for folder in ("proc", "sys", "dev", "seed", "tmp", "root", "run"):
        archive.folder(folder)
    archive.node("dev/console", 5, 1)
    archive.file("bin/busybox", (root / "usr/bin/busybox").read_bytes(), 0o755)
    for applet in run([str(root / "usr/bin/busybox"), "--list"]).split():
        if applet != "busybox":
            archive.link(f"bin/{applet}", "busybox")
    archive.link("sbin", "bin")
    modules = Modules(root)
    for name in words(HERE / "modules"):
        modules.add(name)
    modules.pack(archive)
    archive.tree(HERE / "files")
    return archive.bytes()


def empty_disk(path, mbr):
    """A disk with SYSLINUX's boot code and one active partition of type EFI system."""
    sectors = DISK // SECTOR - START
    entry = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", 0xEF, b"\xfe\xff\xff", START, sectors)
    sector = mbr[:440].ljust(446, b"\0") + entry.ljust(64, b"\0") + b"\x55\xaa"
    with open(path, "wb") as disk:
        disk.write(sector)
        disk.truncate(DISK)


def fill(disk, tools, files):
    """Makes the FAT file system of the disk, boot loader included, and copies files to it."""
    at = f"{disk}@@{START * SECTOR}"
    env = {**os.environ, "PATH": f"{tools}/usr/bin:{os.environ['PATH']}", "MTOOLS_SKIP_CHECK": "1",
           "MTOOLSRC": "/dev/null", "SOURCE_DATE_EPOCH": "0", "LC_ALL": "C.UTF-8"}
    sectors = DISK // SECTOR - START
    run(["mformat", "-i", at, "-v", "GUEST", "-N", "47415354", "-T", str(sectors), "-h", "255",
         "-s", "63", "-H", str(START), "-c", "8", "::"], env=env)
    run(["syslinux", "--install", "--offset", str(START * SECTOR), str(disk)], env=env)
    made = set()
    for name, source in files.items():
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in made:
                run(["mmd", "-i", at, f"::/{folder}"], env=env)
                made.add(folder)
        run(["mcopy", "-i", at, str(source), f"::/{name}"], env=env)


def build(target, cache, say):
    """Writes guest-small.qcow2 into the folder `target`."""
    say("packages")
    debian = Suite(SUITE, cache / f"apt-{SUITE}")
    own = Suite(own_suite(), cache / f"apt-{own_suite()}")
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        root, tools, out = (Path(scratch) / name for name in ("root", "tools", "out"))
        out.mkdir()
        kernel = debian.real_name("linux-image-cloud-amd64")
        debian.unpack([kernel, "busybox-static", "systemd-boot-efi"], root)
        own.unpack(["mtools", "syslinux", "syslinux-common"], tools)
        say("image")
        arguments = (HERE / "args").read_text().strip()
        (out / "initrd").write_bytes(initramfs(root))
        (out / "boot.cfg").write_text((HERE / "boot.cfg").read_text().replace("@ARGS@", arguments))
        (out / "entry").write_text(f"linux /vmlinuz\ninitrd /initrd\noptions {arguments}\n")
        (out / "loader").write_text("timeout 0\neditor no\n")
        disk = out / "disk.raw"
        empty_disk(disk, (tools / "usr/lib/syslinux/mbr/mbr.bin").read_bytes())
        fill(disk, tools, {
            "vmlinuz": next((root / "boot").glob("vmlinuz-*")),
            "initrd": out / "initrd",
            "syslinux.cfg": out / "boot.cfg",
            "EFI/BOOT/BOOTX64.EFI": root / "usr/lib/systemd/boot/efi/systemd-bootx64.efi",
            "loader/loader.conf": out / "loader",
            "loader/entries/guest.conf": out / "entry",
        })
        run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", str(disk),
             str(target / f"{NAME}.qcow2")])
