"""The small guest image with Debian's whole kernel, which has the drivers of real network cards (the
cloud kernel has not) and of folders that are shared: for guests that are given what is their host's."""

import tempfile
from pathlib import Path

from cpio import Cpio
from debs import Suite
from image import SUITE, BootDisk, pack_base, words

HERE = Path(__file__).parent
SMALL = HERE.parent / "small"
SOURCES = [path for path in SMALL.rglob("*") if path.is_file()]


def build(target, cache, say):
    """Writes guest-cards.qcow2 into the folder `target`."""
    say("packages")
    debian = Suite(SUITE, cache / f"apt-{SUITE}")
    cards = words(HERE / "modules")
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        root = Path(scratch) / "root"
        debian.unpack([debian.real_name("linux-image-amd64"), "busybox-static"], root)
        disk = BootDisk(Path(scratch) / "disk.raw", cache)
        say("image")
        archive = Cpio()
        archive.folder("seed")
        pack_base(archive, root, [*words(SMALL / "modules"), *cards], words(HERE / "modules.packed"))
        archive.tree(SMALL / "files")
        archive.file("etc/modules", " ".join(cards).encode() + b"\n")
        disk.partition()
        disk.fill(next((root / "boot").glob("vmlinuz-*")), archive.bytes(),
                  (SMALL / "args").read_text().strip())
        disk.write_qcow2(target / "guest-cards.qcow2")
