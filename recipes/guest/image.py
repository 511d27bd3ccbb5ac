"""What guest images share: kernel modules and busybox in an initramfs, and a disk that boots by
BIOS (SYSLINUX) and by UEFI (systemd-boot, also with Secure Boot on) from one FAT partition. Needs
neither root nor mounts."""

import lzma
import os
import re
import struct
from pathlib import Path

from debs import DebsError, Suite, run

SUITE = "trixie"
SECTOR = 512
BOOT_START = 63  # first sector of the FAT partition
BOOT_END = 24 * 2048  # and the one after its last: 24 MiB into the disk


def own_suite():
    """The release of this machine, whose mtools and SYSLINUX can run here."""
    found = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M)
    if not found:
        raise DebsError("/etc/os-release names no Debian release")
    return found[1]


def words(path):
    """The lines of a list, but for its comments."""
    return [line for line in path.read_text().splitlines() if line and line[0] != "#"]


class Modules:
    """The kernel modules in a tree where a linux-image package was unpacked."""

    def __init__(self, root):
        self.release = next((root / "usr/lib/modules").iterdir()).name
        folder = root / "usr/lib/modules" / self.release
        self._files = {path.name.split(".")[0].replace("-", "_"): path
                       for path in folder.rglob("*.ko.xz")}
        self.needs = {}
        self.files = {}  # module -> name and content of its file

    def add(self, name, packed=False):
        """Takes a module and what it depends on; `packed` ones stay as Debian has them."""
        if name in self.needs:
            return
        if name not in self._files:
            raise DebsError(f'kernel {self.release} has no module "{name}"')
        file = self._files[name].read_bytes()
        code = lzma.decompress(file)
        self.files[name] = (f"{name}.ko.xz", file) if packed else (f"{name}.ko", code)
        found = re.search(rb"\0depends=([^\0]*)\0", code)
        names = found[1].decode().replace("-", "_").split(",") if found else []
        self.needs[name] = [need for need in names if need]
        for need in self.needs[name]:
            self.add(need, packed)

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
            file, content = self.files[name]
            archive.file(f"{folder}/{file}", content)
            needs = [self.files[need][0] for need in reversed(self.closure(name))]
            lines.append(f"{file}: {' '.join(needs)}")
        archive.file(f"{folder}/modules.dep", ("\n".join(lines) + "\n").encode())


def pack_base(archive, root, modules, packed=()):
    """Busybox with all its names, the modules in the lists, and empty folders to mount on."""
    for folder in ("proc", "sys", "dev", "tmp", "run"):
        archive.folder(folder)
    archive.node("dev/console", 5, 1)
    busybox = root / "usr/bin/busybox"
    archive.file("bin/busybox", busybox.read_bytes(), 0o755)
    for applet in run([str(busybox), "--list"]).split():
        if applet != "busybox":
            archive.link(f"bin/{applet}", "busybox")
    archive.link("sbin", "bin")
    chosen = Modules(root)
    for name in modules:
        chosen.add(name)
    for name in packed:
        chosen.add(name, packed=True)
    chosen.pack(archive)


class BootDisk:
    """A raw disk with a bootable FAT partition up to sector BOOT_END and perhaps one of type Linux
    after it, which the caller fills."""

    def __init__(self, path, cache):
        """Fetches the tools into a folder beside the disk."""
        self.path = Path(path)
        self.tools = self.path.with_name("tools")
        self.boot = self.path.with_name("boot")
        Suite(own_suite(), cache / f"apt-{own_suite()}").unpack(
            ["mtools", "syslinux", "syslinux-common"], self.tools)
        Suite(SUITE, cache / f"apt-{SUITE}").unpack(
            ["shim-signed", "systemd-boot-efi-amd64-signed"], self.boot)

    def partition(self, linux_sectors=0):
        """Makes the empty disk."""
        code = (self.tools / "usr/lib/syslinux/mbr/mbr.bin").read_bytes()[:440]
        table = [(0x80, 0xEF, BOOT_START, BOOT_END - BOOT_START)]
        if linux_sectors:
            table.append((0, 0x83, BOOT_END, linux_sectors))
        far = b"\xfe\xff\xff"  # cylinders are not used
        entries = b"".join(struct.pack("<B3sB3sII", active, far, kind, far, start, count)
                           for active, kind, start, count in table)
        with open(self.path, "wb") as disk:
            disk.write(code.ljust(446, b"\0") + entries.ljust(64, b"\0") + b"\x55\xaa")
            disk.truncate((BOOT_END + linux_sectors) * SECTOR)

    def fill(self, kernel, initrd, arguments):
        """Makes the FAT file system: boot loaders, a kernel, and its initrd (bytes)."""
        self._format()
        menu = (f"DEFAULT guest\nPROMPT 0\nTIMEOUT 0\nLABEL guest\n\tLINUX /vmlinuz\n"
                f"\tINITRD /initrd\n\tAPPEND {arguments}\n")
        entry = f"linux /vmlinuz\ninitrd /initrd\noptions {arguments}\n"
        # Microsoft signed the shim, Debian what it loads; that it calls "grub", whatever it is.
        shim = self.boot / "usr/lib/shim/shimx64.efi.signed"
        loader = self.boot / "usr/lib/systemd/boot/efi/systemd-bootx64.efi.signed"
        for folder in ("EFI", "EFI/BOOT", "loader", "loader/entries"):
            self._mtools("mmd", f"::/{folder}")
        for name, data in {
            "vmlinuz": kernel.read_bytes(),
            "initrd": initrd,
            "syslinux.cfg": menu.encode(),
            "EFI/BOOT/BOOTX64.EFI": shim.read_bytes(),
            "EFI/BOOT/grubx64.efi": loader.read_bytes(),
            "loader/loader.conf": b"timeout 0\neditor no\n",
            "loader/entries/guest.conf": entry.encode(),
        }.items():
            source = self.boot / "file"
            source.write_bytes(data)
            self._mtools("mcopy", str(source), f"::/{name}")

    def _environment(self):
        return {**os.environ, "PATH": f"{self.tools}/usr/bin:{os.environ['PATH']}",
                "MTOOLS_SKIP_CHECK": "1", "MTOOLSRC": "/dev/null", "LC_ALL": "C.UTF-8"}

    def _mtools(self, command, *more):
        at = f"{self.path}@@{BOOT_START * SECTOR}"
        run([command, "-i", at, *more], env=self._environment())

    def _format(self):
        self._mtools("mformat", "-v", "GUEST", "-N", "47415354", "-T", str(BOOT_END - BOOT_START),
                     "-h", "255", "-s", "63", "-H", str(BOOT_START), "-c", "8", "::")
        run(["syslinux", "--install", "--offset", str(BOOT_START * SECTOR), str(self.path)],
            env=self._environment())

    def write_qcow2(self, target):
        run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", str(self.path), str(target)])
