"""The small guest image: Debian's cloud kernel and an initramfs that is the whole system. Boots by
BIOS from 128 MiB of memory, by UEFI from 192 MiB. Made in seconds, without root or mounts."""

import tempfile
from pathlib import Path

from cpio import Cpio
from debs import Suite
from image import SUITE, BootDisk, pack_base, words

HERE = Path(__file__).parent
SOURCES = []  # nothing outside this folder


def build(target, cache, say):
    """Writes guest-small.qcow2 into the folder `target`, and beside it the kernel and the initramfs
    that it boots, for machines that are given them directly (tests/metal/bare.py)."""
    say("packages")
    debian = Suite(SUITE, cache / f"apt-{SUITE}")
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        root = Path(scratch) / "root"
        debian.unpack([debian.real_name("linux-image-cloud-amd64"), "busybox-static"], root)
        disk = BootDisk(Path(scratch) / "disk.raw", cache)
        say("image")
        archive = Cpio()
        archive.folder("seed")
        pack_base(archive, root, words(HERE / "modules"), words(HERE / "modules.packed"))
        archive.tree(HERE / "files")
        disk.partition()
        kernel = next((root / "boot").glob("vmlinuz-*"))
        (target / "vmlinuz").write_bytes(kernel.read_bytes())
        (target / "initrd").write_bytes(archive.bytes())
        disk.fill(kernel, archive.bytes(), (HERE / "args").read_text().strip())
        disk.write_qcow2(target / "guest-small.qcow2")
