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
    """Writes guest-small.qcow2 into the folder `target`."""
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
        disk.fill(next((root / "boot").glob("vmlinuz-*")), archive.bytes(),
                  (HERE / "args").read_text().strip())
        disk.write_qcow2(target / "guest-small.qcow2")
