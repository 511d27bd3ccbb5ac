"""Where the container tests find what they boot, and where they keep what they saw."""

import subprocess
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
KEEP = TREE / "build" / "host"


def root_tree(name: str) -> Path:
    """A root tree of recipes/roots; made if it is missing, which takes a minute."""
    done = subprocess.run(
        [TREE / "recipes" / "roots", "path", name], stdout=subprocess.PIPE, text=True, check=True
    )
    return Path(done.stdout.strip())


def staged() -> Path:
    """What `make install` puts on a host, as a layer to lay over a root tree."""
    stage = KEEP / "stage"
    make = ["make", "-s", "-j2", "-C", TREE, "install", f"DESTDIR={stage}"]
    subprocess.run(make, check=True, timeout=900)
    return stage


def guest_image(kind: str = "small") -> Path:
    """A guest image that asks for an address and answers HTTP with its name: the small one boots in
    seconds, "debian" has the real cloud-init."""
    build = [TREE / "recipes" / "guest" / "build", kind]
    done = subprocess.run(build, stdout=subprocess.PIPE, text=True, check=True, timeout=900)
    return Path(done.stdout.split()[-1])
