"""Real machines as hwloc's test suite captured them: processors, memory and flags (A25, A26).

They are no part of this project and lie in $GASTHOF_CORPUS/hwloc-hosts.  The numbers below were
established by hand, from the names that hwloc gave them (2s4c2t: two sockets of four cores of two
threads), and from their masks where processors are offline; the flags are compared with /proc/cpuinfo.
"""

import json
import os
import re
import tarfile
from pathlib import Path

import pytest

from test_command import gasthof

HOSTS = Path(os.environ.get("GASTHOF_CORPUS", "/nowhere")) / "hwloc-hosts"

# sockets, cores, threads, NUMA nodes
MACHINES = {
    "16amd64-4n4c-cgroup-distance-merge": (4, 16, 16, 4),
    # processor 4 is offline, and with it the first core of the third socket
    "16amd64-8n2c-cpusets": (8, 15, 15, 8),
    # 2, 5, 13 and 14 are offline: three cores of four sockets have one thread, and one has none
    "16em64t-4s2c2t-offlines": (4, 7, 12, 1),
    "2i386-2c-nohugepage": (1, 2, 2, 1),
    "2i386-2t-hugepagesizecount": (1, 1, 2, 1),
    "2pa-pcidomain32bits": (2, 2, 2, 1),
    "32amd64-4s2n4c-cgroup2": (4, 32, 32, 8),
    "32intel64-2p8co2t+8ve": (2, 16, 32, 2),
    "40intel64-2g2n4c+pcilocality": (4, 40, 40, 4),
    "48amd64-4pa2n6c-sparse": (4, 48, 48, 8),
    # its firmware gives each processor a node, and all nodes have all processors
    "8em64t-2s2ca2c-buggynuma": (2, 8, 8, 1),
    "8em64t-2s2ca2c": (2, 8, 8, 1),
}

GUESTS = """gasthof: 1
guests:
  a: {virtualization: emulated, memory: 16MiB, vcpus: {count: 2, pin: auto}}
  b: {virtualization: emulated, memory: 16MiB, vcpus: {count: 3, pin: auto}}
"""

pytestmark = [
    pytest.mark.cost(2, telling=2),
    pytest.mark.skipif(not HOSTS.is_dir(), reason="no hwloc-hosts in $GASTHOF_CORPUS"),
]


# what may be looked at; the captures hold thousands of files besides
LOOKED_AT = re.compile(r"/proc/[a-z]+$|/sys/(class|block|bus|kernel|firmware)/[^/]+(/[^/]+)?$|"
                       r"/sys/devices/system/(cpu/(online|possible|isolated|smt/.*|vulnerabilities/.*|"
                       r"cpu[0-9]+/(online|topology/.*))|node/node[0-9]+/(cpulist|cpumap|meminfo))$")


def unpack(name, folder):
    with tarfile.open(HOSTS / f"{name}.tar.bz2") as tar:
        for one in tar:
            if one.isfile() and LOOKED_AT.search(one.name):
                file = folder / one.name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(tar.extractfile(one).read())
    return next(folder.iterdir())


def flags_of(root):
    found = re.search(r"^flags\s*:(.*)$", (root / "proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].split()


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_machine(name, tmp_path):
    if not (HOSTS / f"{name}.tar.bz2").exists():
        pytest.skip("not in this corpus")
    root = unpack(name, tmp_path)
    done = gasthof("check", "--root", root, "-o", "json")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    machine = seen["machine"]
    counts = tuple(machine[key] for key in ("sockets", "cores", "threads", "numa_nodes"))
    assert counts == MACHINES[name]
    assert machine["cpu"]["flags"] == flags_of(root)
    assert machine["cpu"]["vendor"] in ("GenuineIntel", "AuthenticAMD")
    assert machine["firmware"] is None  # nobody captured that
    states = {one["id"]: one["state"] for one in seen["capabilities"]}
    assert states["kvm"] == states["tpm"] == states["iommu"] == "cannot tell"
    vt = {"vmx", "svm"} & set(flags_of(root))
    assert states["vt"] == ("present" if vt else "absent")


def cpu_list(text):
    parts = [part.partition("-") for part in text.strip().split(",") if part]
    return {cpu for first, _, last in parts for cpu in range(int(first), int(last or first) + 1)}


def cpu_mask(text):
    mask = int(text.strip().replace(",", ""), 16)
    return {cpu for cpu in range(mask.bit_length()) if mask >> cpu & 1}


def placed(plan, guest):
    """The CPU of each vCPU, and those of QEMU's own threads."""
    item = next(one for one in plan["items"] if one["item"] == f"guests.{guest}")
    new = {one["path"]: one["new"] for one in item["differs"]}
    pins = [int(new[path]) for path in sorted(new) if path.startswith("vcpus.pin.")]
    return pins, cpu_list(new["vcpus.emulator"])


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_guests_are_placed(name, tmp_path):
    """`pin: auto`, judged by the machine's own files: whole cores, one node where one is large enough,
    nobody in another's way (C22, C23, PIT29)."""
    root = unpack(name, tmp_path / "machine")
    cpus = root / "sys/devices/system/cpu"
    (tmp_path / "host.yaml").write_text(GUESTS)
    done = gasthof("plan", "--root", root, "--state", tmp_path / "state", "-o", "json",
                   tmp_path / "host.yaml")
    if not (cpus / "online").exists():
        assert "does not tell which processors it has" in done.stderr
        return
    online = cpu_list((cpus / "online").read_text())
    if len(online) < 6:
        assert "too few CPUs are left" in done.stderr
        return
    siblings = {cpu: cpu_mask((cpus / f"cpu{cpu}/topology/thread_siblings").read_text()) & online
                for cpu in online}
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    taken, nodes = {}, [cpu_list(file.read_text()) & online for file in
                        (root / "sys/devices/system/node").glob("node*/cpulist")]
    for guest, count in (("a", 2), ("b", 3)):
        pins, emulator = placed(plan, guest)
        assert len(set(pins)) == len(pins) == count and set(pins) <= online
        cores = set().union(*(siblings[cpu] for cpu in pins))
        assert len({min(siblings[cpu]) for cpu in pins}) == -(-count // len(siblings[pins[0]]))
        assert not cores & set(taken) and not cores & emulator and emulator <= online
        assert 0 not in cores
        taken.update(dict.fromkeys(cores, guest))
        if any(len(node - siblings[0]) >= 2 * count for node in nodes):
            assert any(set(pins) <= node for node in nodes), (pins, nodes)
