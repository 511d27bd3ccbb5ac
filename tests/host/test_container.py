"""The container itself: a real Debian 13 in which what hostd drives works; it leaves nothing."""

import subprocess
from pathlib import Path

import pytest

from container import WORK_PREFIX, Broken, Container, cgroup_roots, wait_for

pytestmark = pytest.mark.cost(4, telling=2)

GUEST = """
<domain type='qemu'>
  <name>probe</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <interface type='bridge'><source bridge='guests0'/><model type='virtio'/></interface>
    <console type='pty'/>
  </devices>
</domain>
"""
NETDEV = "[NetDev]\nName=guests0\nKind=bridge\n"
NETWORK = """[Match]
Name=guests0
[Network]
Address=10.99.0.1/24
ConfigureWithoutCarrier=yes
"""


@pytest.fixture(scope="module")
def bare(debian_13):
    """Debian alone, without Gasthof."""
    with Container(debian_13) as container:
        yield container


def test_it_boots_without_a_failed_unit(bare):
    assert bare.out("systemctl", "is-system-running") == "running"


def test_files_go_in_and_out_unchanged(bare):
    content = bytes(range(256)) + "späßchen\n".encode()
    bare.put("/var/tmp/a b/file", content, mode=0o640)
    assert bare.get("/var/tmp/a b/file") == content
    assert bare.out("stat", "--format=%a %U", "/var/tmp/a b/file") == "640 root"


def test_a_failing_program_is_told_with_what_it_said(bare):
    with pytest.raises(Broken, match="exit status 3\nwhy"):
        bare.run("sh", "-c", "echo why; exit 3")


def test_a_program_without_end_is_ended(bare):
    with pytest.raises(Broken, match="no end within 0.2 s"):
        bare.run("sleep", "1000", timeout=0.2)


def test_a_failed_unit_ends_the_wait_at_once(bare):
    script = "echo last words; exit 1"
    unit = ("--no-block", "--unit=doomed", "--service-type=notify")
    bare.run("systemd-run", *unit, "sh", "-c", script)
    with pytest.raises(Broken, match="last words"):
        bare.wait_unit("doomed.service")
    bare.run("systemctl", "reset-failed", "doomed.service")


@pytest.mark.kernel("bridge", "tun", "nft_nat")
@pytest.mark.cost(8, telling=1)
def test_libvirt_networkd_and_nftables_work(bare):
    bare.put("/etc/systemd/network/10-guests0.netdev", NETDEV)
    bare.put("/etc/systemd/network/10-guests0.network", NETWORK)
    bare.run("systemctl", "restart", "systemd-networkd.service")
    address = ("ip", "-brief", "address", "show", "dev", "guests0")
    wait_for("address", lambda: "10.99.0.1/24" in bare.run(*address, check=False).stdout)

    chain = "chain c {\n type nat hook postrouting priority 100\n masquerade\n}\n"
    bare.run("nft", "-f", "-", input=f"table inet probe {{\n{chain}}}\n")
    assert "masquerade" in bare.out("nft", "list", "table", "inet", "probe")

    bare.run("virsh", "create", "/dev/stdin", input=GUEST, timeout=400)
    assert "running" in bare.out("virsh", "domstate", "probe")
    assert "vnet" in bare.out("ip", "-brief", "link", "show", "master", "guests0")
    bare.run("virsh", "destroy", "probe")


def test_a_reboot_keeps_what_is_on_disk(boot, debian_13):
    container = boot(debian_13)
    container.put("/var/lib/kept", "yes")
    container.put("/run/gone", "no")
    first = container.out("cat", "/proc/sys/kernel/random/boot_id")
    container.run("virsh", "list")  # libvirtd is up: see power_off
    container.power_off()
    container.boot()
    assert container.get("/var/lib/kept") == b"yes"
    assert not container.exists("/run/gone")
    assert container.out("cat", "/proc/sys/kernel/random/boot_id") != first


def test_nothing_is_left_behind(debian_13):
    before = sum(1 for _ in debian_13.iterdir())
    container = Container(debian_13).start()
    work, groups, leader = container.work, container.cgroups, container.leader
    container.put("/usr/new-file", "x")
    container.stop()
    assert not work.exists()
    assert not any(group.exists() for group in groups)
    wait_for("its first process is reaped", lambda: not Path(f"/proc/{leader}").exists())
    assert str(work) not in Path("/proc/self/mountinfo").read_text()
    assert not (debian_13 / "usr/new-file").exists()
    assert sum(1 for _ in debian_13.iterdir()) == before


KILLED = """
import os, sys, signal
sys.path.insert(0, sys.argv[1])
from container import Container
from pathlib import Path
container = Container(Path(sys.argv[2])).start()
print(container.leader, container.work.name, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_test_run_takes_its_container_with_it(debian_13):
    argv = ["/usr/bin/python3", "-c", KILLED, str(Path(__file__).parent), str(debian_13)]
    said = subprocess.run(argv, stdout=subprocess.PIPE, text=True, timeout=240).stdout.split()
    leader, name = said
    wait_for("end of the container", lambda: not Path(f"/proc/{leader}").exists())
    Container(debian_13).start().stop()  # the next start sweeps
    assert name.startswith(WORK_PREFIX)
    assert not any((root / name).exists() for root in cgroup_roots())
