"""A NoCloud seed made by hand: a plain ISO 9660 volume "cidata" with a few files in its root.

Written here, byte by byte, so that the guest images are tried with a seed that hostd's own writer
had no part in. Layout: ECMA-119; names as `META-DATA.;1`, which Linux shows as `meta-data`.
"""

import struct

SECTOR = 2048
ROOT_SECTOR = 20


def both(number, size):
    """A number in both byte orders, as ISO 9660 wants it."""
    return number.to_bytes(size, "little") + number.to_bytes(size, "big")


def record(name, sector, size, folder=False):
    """A directory record; without times."""
    body = struct.pack("<B", 0) + both(sector, 4) + both(size, 4) + bytes(7)
    body += struct.pack("<BBB", 2 if folder else 0, 0, 0) + both(1, 2)
    body += bytes([len(name)]) + name
    body += b"\0" * ((len(body) + 1) % 2)
    return bytes([len(body) + 1]) + body


def sectors(data):
    return data + bytes(-len(data) % SECTOR)


def descriptor(total, volume):
    """The primary volume descriptor."""
    text = struct.pack("<B5sBB", 1, b"CD001", 1, 0) + b" " * 32 + volume.ljust(32).encode()
    text += bytes(8) + both(total, 4) + bytes(32) + both(1, 2) + both(1, 2) + both(SECTOR, 2)
    text += both(10, 4) + struct.pack("<II", 18, 0) + struct.pack(">II", 19, 0)
    text += record(b"\0", ROOT_SECTOR, SECTOR, True)
    text += b" " * (128 * 4 + 37 * 3) + (b"0" * 16 + b"\0") * 4 + b"\1"
    return sectors(text)


def seed_bytes(files, volume="cidata"):
    """The image of a volume that holds `files` (name -> text); they fit one folder sector."""
    entries = record(b"\0", ROOT_SECTOR, SECTOR, True) + record(b"\1", ROOT_SECTOR, SECTOR, True)
    contents = b""
    for name, text in sorted(files.items()):
        data = text.encode()
        at = ROOT_SECTOR + 1 + len(contents) // SECTOR
        entries += record(name.upper().encode() + b".;1", at, len(data))
        contents += sectors(data)
    if len(entries) > SECTOR:
        raise ValueError("too many files for one folder sector")
    total = ROOT_SECTOR + 1 + len(contents) // SECTOR
    end = sectors(struct.pack("<B5sB", 255, b"CD001", 1))
    little = sectors(struct.pack("<BBIHBB", 1, 0, ROOT_SECTOR, 1, 0, 0))
    big = sectors(struct.pack(">BBIHBB", 1, 0, ROOT_SECTOR, 1, 0, 0))
    return bytes(16 * SECTOR) + descriptor(total, volume) + end + little + big + \
        sectors(entries) + contents


def write_seed(path, name, user_data=None, **more):
    """Writes the seed of a guest called `name`; `more` are further files, by their variable
    names with _ for -. Returns the path."""
    files = {
        "meta-data": f"instance-id: iid-{name}\nlocal-hostname: {name}\n",
        "user-data": user_data or f"#cloud-config\nhostname: {name}\n",
    }
    files.update({key.replace("_", "-"): text for key, text in more.items()})
    path.write_bytes(seed_bytes(files))
    return path
