"""Each release's package, installed in a booted root of that release."""

import re
import subprocess
from pathlib import Path

import pytest

from container import Container
from trees import TREE, root_tree

pytestmark = pytest.mark.cost(2, telling=2)

RELEASES = {"12": ("bookworm", "bookworm"), "13": ("trixie", "host")}
CONFIGS = sorted((TREE / "config").glob("*.yaml"))
LISTING = "cd /etc && find . -type f -exec sha256sum {} + | sort -k 2"
# What any package that brings a group or a unit touches.
EXPECTED = re.compile(r"\./(group|gshadow|passwd|shadow)-?$|\./(gasthof|\.pwd\.lock|ld\.so)")


def etc(container: Container) -> set[str]:
    """Every file in /etc with its digest, once libvirtd has stopped giving its filters UUIDs."""
    container.run("virsh", "nwfilter-list")
    return set(container.out("sh", "-c", LISTING).splitlines())


def changed(before: set[str], after: set[str]) -> set[str]:
    """Paths in /etc that differ, without those that any package may touch."""
    paths = {line.split(maxsplit=1)[1] for line in before ^ after}
    return {path for path in paths if not EXPECTED.match(path)}


def package(release: str) -> Path:
    subprocess.run(["make", "-s", "-C", TREE, f"deb-{release}"], check=True, timeout=1200)
    found = list((TREE / "build" / "deb" / RELEASES[release][0]).glob("gasthof_*.deb"))
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module", params=RELEASES, ids=lambda release: f"debian-{release}")
def machine(request):
    """A booted release with the package installed; `etc` holds /etc before and after."""
    deb = package(request.param)
    with Container(root_tree(RELEASES[request.param][1])) as container:
        container.put("/var/tmp/gasthof.deb", deb.read_bytes())
        before = etc(container)
        install = ("dpkg", "--install", "/var/tmp/gasthof.deb")
        container.install_log = container.out(*install, timeout=400)
        container.etc = before, etc(container)
        yield container


@pytest.mark.cost(70, telling=2)  # the package and its machine are made for it
def test_it_installs_with_the_release_s_own_dependencies(machine):
    assert machine.out("dpkg", "--audit") == ""
    status = machine.out("dpkg-query", "--show", "--showformat=${db:Status-Status}", "gasthof")
    assert status == "installed"
    assert "warning" not in machine.install_log.lower()


def test_it_installs_quietly(machine):
    """Nothing on the machine changes, and the agent does not run, until a person says so."""
    assert changed(*machine.etc) == set()
    assert machine.unit("gasthof.service") == "inactive"
    enabled = machine.run("systemctl", "is-enabled", "gasthof.service", check=False).stdout.strip()
    assert enabled == "disabled"


def test_the_command_says_its_version(machine):
    version = re.search(r"^VERSION := (\S+)$", (TREE / "Makefile").read_text(), re.M)[1]
    assert machine.out("gasthof", "--version") == f"gasthof {version}"
    assert machine.out("readlink", "--canonicalize", "/usr/sbin/hostd") == "/usr/bin/gasthof"


def test_every_library_is_there(machine):
    for file in ("/usr/bin/gasthof", "/usr/lib/gasthof/host.so"):
        script = f"LD_LIBRARY_PATH= /lib64/ld-linux-x86-64.so.2 --list {file}"
        assert "not found" not in machine.out("sh", "-c", script)


def test_the_unit_is_sound(machine):
    said = machine.run("systemd-analyze", "verify", "--man=no", "gasthof.service")
    assert "gasthof" not in said.stderr


def test_group_and_folders_are_made(machine):
    folders = ("/etc/gasthof", "/etc/gasthof/secrets", "/var/lib/gasthof")
    assert machine.out("stat", "--format=%n %a %U:%G", *folders).splitlines() == [
        "/etc/gasthof 755 root:root",
        "/etc/gasthof/secrets 700 root:root",
        "/var/lib/gasthof 751 root:gasthof",
    ]


def test_only_root_may_own_the_name_on_the_bus(machine):
    bus = ["org.freedesktop.DBus", "/", "org.freedesktop.DBus"]
    call = ["busctl", "call", *bus, "RequestName", "su", "org.gasthof.Host1", "0"]
    assert machine.out(*call) == "u 1"
    nobody = machine.run("setpriv", "--reuid=65534", "--clear-groups", *call, check=False)
    assert "denied" in nobody.stderr


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.name)
def test_examples_are_valid(machine, file):
    for each in [file, *file.with_suffix("").glob("*")]:  # with the files that it names
        machine.put(f"/var/tmp/config/{each.relative_to(file.parent)}", each.read_bytes())
    machine.run("gasthof", "validate", f"/var/tmp/config/{file.name}")


def test_the_agent_starts_and_stops(machine):
    """Without a description it has nothing to do, and says that it is there."""
    machine.run("systemctl", "start", "gasthof.service")
    assert machine.unit("gasthof.service") == "active"
    machine.run("systemctl", "stop", "gasthof.service")
    assert machine.out("systemctl", "show", "-P", "Result", "gasthof.service") == "success"


@pytest.mark.cost(20, telling=2)
def test_it_can_be_removed_again(boot):
    deb = package("13")
    container = boot(root_tree("host"))
    before = etc(container)
    container.put("/var/tmp/gasthof.deb", deb.read_bytes())
    container.run("dpkg", "--install", "/var/tmp/gasthof.deb", timeout=400)
    container.run("dpkg", "--purge", "gasthof", timeout=400)
    assert changed(before, etc(container)) == set()
    assert not container.exists("/usr/lib/gasthof")
    assert not container.exists("/etc/gasthof")


def test_udev_reads_what_makes_virtual_functions(machine):
    """SR-IOVVirtualFunctions= and [SR-IOV] are in systemd since 251 (I21)."""
    machine.put("/var/tmp/passthrough.yaml", (TREE / "config" / "passthrough.yaml").read_bytes())
    text = machine.out("gasthof", "render", "sriov/eno2", "/var/tmp/passthrough.yaml")
    text = re.sub("^# Path=.*$", "Path=pci-0000:01:00.0", text, flags=re.M)
    every = "\nMACAddress=52:54:00:00:00:11\nVLANId=100\nLinkState=auto\n"
    machine.put("/etc/systemd/network/98-gasthof-sriov-eno2.link", text + every)
    look = "SYSTEMD_LOG_LEVEL=debug udevadm test-builtin net_setup_link /sys/class/net/lo 2>&1"
    said = [line for line in machine.out("sh", "-c", f"{look} || true").splitlines()
            if "98-gasthof" in line]
    assert any("Parsed" in line for line in said), said
    assert not any("nknown" in line or "nvalid" in line or "ailed" in line for line in said), said


def test_guests_go_down_with_the_host_from_now_on(machine):
    """Its service waits for the host's end; to stop it, or to remove the package, is not that."""
    machine.wait_unit("gasthof-guests.service")
    machine.run("systemctl", "stop", "gasthof-guests.service")
    said = machine.journal("gasthof-guests.service")
    assert "the host stays up: no guest is stopped" in said
