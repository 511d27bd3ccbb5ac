"""A container that is given descriptions: the command as a person uses it, and what to look at."""

import hashlib
import json
import re
import shutil
from pathlib import Path

from container import Container, until
from trees import guest_image

DESCRIPTION = "/etc/gasthof/host.yaml"
IMAGE = "/var/tmp/guest.qcow2"
ALLOW = [
    word
    for disruption in ("guest-restart", "service-restart", "reboot", "destroys-data")
    for word in ("--allow", disruption)
]
EXIT_PENDING, EXIT_WRONG, EXIT_UNABLE, EXIT_REFUSED = 2, 3, 4, 5

NETWORK = """\
networks:
  lab:
    mode: nat
    subnets: {v4: 10.20.0.0/24}
    dhcp: {first: 10.20.0.100, last: 10.20.0.199}
    dns: {domain: lab.test}
"""
POOL = """\
pools:
  default: {type: dir, path: /var/lib/gasthof/pools/default}
"""
GUEST = """\
guests:
  web:
    virtualization: emulated
    vcpus: 1
    memory: 160MiB
    disks: {root: {image: small, size: 64MiB}}
    nics: {lab: {network: lab}}
    cloud_init: {}
    state: running
"""


def image_section(digest: str) -> str:
    return f"""\
images:
  small: {{url: "file://{IMAGE}", sha256: "{digest}", pool: default}}
"""


def different(before: dict, after: dict) -> dict[str, tuple]:
    """key -> before and after, where they differ; of two sets what only one of them has."""
    found = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if isinstance(old, set) and isinstance(new, set):
            old, new = old - new, new - old
        if old != new:
            found[key] = (old, new)
    return found


def describe(*parts: str) -> str:
    return "\n".join(["gasthof: 1", *parts])


def image_digest(kind: str = "small") -> str:
    return hashlib.sha256(guest_image(kind).read_bytes()).hexdigest()


def site(*more: str) -> str:
    """A whole small host: a nat network, a pool, an image and one emulated guest."""
    return describe(NETWORK, POOL, image_section(image_digest()), GUEST, *more)


def image_layer(folder: Path, kind: str = "small") -> Path:
    """A layer that holds the guest image, to lay over a root tree."""
    target = folder / IMAGE.lstrip("/")
    target.parent.mkdir(parents=True)
    shutil.copyfile(guest_image(kind), target)
    folder.chmod(0o755)
    return folder


class Described:
    """Gasthof in a container."""

    def __init__(self, container: Container):
        self.container = container
        self.out = container.out

    def gasthof(self, *argv: str, status: int = 0, timeout: float = 400.0) -> str:
        """Run the command, expect its exit status, return what it said on both channels."""
        done = self.container.run("gasthof", *argv, check=False, timeout=timeout)
        said = done.stdout + done.stderr
        assert done.returncode == status, f"gasthof {' '.join(argv)}: {done.returncode}\n{said}"
        return said

    def json(self, *argv: str, status: int = 0):
        done = self.container.run("gasthof", *argv, "-o", "json", check=False, timeout=400)
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout)

    def apply(self, text: str | None = None, *options: str, status: int = 0) -> str:
        """Apply a description that is put in its place before (or the one that is there)."""
        if text is not None:
            self.container.put(DESCRIPTION, text)
        return self.gasthof("apply", *options, status=status)

    def assert_settled(self) -> None:
        """Nothing is left to do."""
        self.gasthof("plan", "--exit-code", status=0)

    def wait_settled(self, timeout: float = 180.0) -> None:
        """Nothing is left to do, once the guests have come after."""

        def plan():
            done = self.container.run("gasthof", "plan", "--exit-code", check=False, timeout=400)
            return done.returncode, done.stdout + done.stderr

        until("an empty plan", plan, lambda seen: seen[0] == 0, timeout)

    def switch_off(self, guest: str = "web") -> None:
        """Pull a guest's plug: one that still boots does not listen to a polite request."""
        self.container.run("virsh", "destroy", guest)

    # ---- looking ----

    def domains(self) -> list[str]:
        return self.out("virsh", "list", "--all", "--name").split()

    def networks(self) -> list[str]:
        return self.out("virsh", "net-list", "--all", "--name").split()

    def pools(self) -> list[str]:
        return self.out("virsh", "pool-list", "--all", "--name").split()

    def rules(self) -> str:
        """The table inet gasthof as text, or ""."""
        return self.container.run("nft", "list", "table", "inet", "gasthof", check=False).stdout

    def links(self) -> set[str]:
        """Names of the links, guests' taps aside."""
        lines = self.out("ip", "-br", "link").splitlines()
        names = {line.split()[0].split("@")[0] for line in lines}
        return {name for name in names if not name.startswith("vnet")}

    def files(self, *folders: str) -> dict[str, str]:
        """path -> mode, owner and digest (or target) of all there is below these folders."""
        script = (
            'find "$@" \\( -type f -o -type d \\) -printf "%p\\t%M %u:%g\\n" ; '
            'find "$@" -type l -printf "%p\\tlink %l\\n"; '
            'find "$@" -type f -exec sha256sum {} + | sed "s/^\\([0-9a-f]*\\)  /\\1\\t/"; true'
        )
        found: dict[str, str] = {}
        for line in self.out("sh", "-c", script, "files", *folders).splitlines():
            first, second = line.split("\t", 1)
            if re.fullmatch(r"[0-9a-f]{64}", first):
                if second in found:  # else it came between the two looks
                    found[second] += f" {first}"
            else:
                found[first] = second
        return found

    def contents(self, *folders: str) -> dict[str, str]:
        """files() without folders, and without what others write in /etc when they feel like it."""
        others = ("/etc/libvirt/nwfilter", "/etc/.pwd.lock", "/etc/.updated")
        found = self.files(*folders).items()
        return {
            path: what
            for path, what in found
            if not what.startswith("d") and not path.startswith(others) and not path.endswith("-")
        }

    def fingerprint(self) -> dict[str, object]:
        """What a description leads to, without what is new at every run (UUIDs, times)."""
        units = self.out("systemctl", "list-units", "--plain", "--no-legend", "gasthof*")
        return {
            "files": set(self.contents("/etc", "/var/lib/gasthof/pools")),
            "domains": set(self.domains()),
            "networks": set(self.networks()),
            "pools": set(self.pools()),
            "rules": self.rules(),
            "links": self.links(),
            "units": set(units.splitlines()),
        }
