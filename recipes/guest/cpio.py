"""An initramfs (cpio, newc) written directly, so that owners and device nodes need no root."""

import os
import stat
from pathlib import Path


class Cpio:
    """Collects entries; `write` gives the archive. The same entries give the same bytes."""

    def __init__(self):
        self._parts = []
        self._folders = {""}
        self._inode = 0

    def _entry(self, name, mode, data=b"", device=(0, 0)):
        self._inode += 1
        raw = name.encode() + b"\0"
        numbers = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(raw), 0)
        head = b"070701" + b"".join(b"%08x" % number for number in numbers) + raw
        self._parts += [pad(head), pad(data)]

    def folder(self, name):
        """Adds a folder and those above it, each once."""
        name = name.strip("/")
        if name in self._folders:
            return
        self.folder(os.path.dirname(name))
        self._folders.add(name)
        self._entry(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o644):
        self.folder(os.path.dirname(name))
        self._entry(name.strip("/"), stat.S_IFREG | mode, data)

    def link(self, name, target):
        self.folder(os.path.dirname(name))
        self._entry(name.strip("/"), stat.S_IFLNK | 0o777, target.encode())

    def node(self, name, major, minor, mode=0o600):
        """Adds a character device."""
        self.folder(os.path.dirname(name))
        self._entry(name.strip("/"), stat.S_IFCHR | mode, device=(major, minor))

    def tree(self, source):
        """Adds all files below `source`; executable ones stay so."""
        for path in sorted(Path(source).rglob("*")):
            if path.is_file():
                mode = 0o755 if os.access(path, os.X_OK) else 0o644
                self.file(str(path.relative_to(source)), path.read_bytes(), mode)

    def bytes(self):
        self._entry("TRAILER!!!", 0)
        return b"".join(self._parts)


def pad(data):
    return data + b"\0" * (-len(data) % 4)
