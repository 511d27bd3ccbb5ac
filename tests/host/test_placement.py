"""`pin: auto`: libvirt and the kernel have the guest where the plan says, it stays there, and the next
guest is told how much room there is (C20 to C25, A25)."""

import re
import xml.etree.ElementTree as ET

import pytest

from described import ALLOW, EXIT_PENDING, EXIT_UNABLE, POOL, describe, image_digest, image_section

pytestmark = pytest.mark.cost(12, telling=2)

CPU = "/sys/devices/system/cpu"
GUEST = """\
  {name}:
    virtualization: emulated
    vcpus: {{count: 1, pin: {pin}}}
    iothreads: 1
    memory: 160MiB
    disks: {{root: {{image: small, size: 64MiB, iothread: 1}}}}
    state: running
"""


def cpu_list(text: str) -> set[int]:
    """The CPUs of a list such as 0-1,3."""
    parts = [part.partition("-") for part in text.split(",") if part]
    return {cpu for first, _, last in parts for cpu in range(int(first), int(last or first) + 1)}


def site(**guests: str) -> str:
    bodies = [GUEST.format(name=name, pin=pin) for name, pin in guests.items()]
    return describe(POOL, image_section(image_digest()), "guests:\n" + "".join(bodies))


def tuned(house, guest: str) -> dict[str, set[int]]:
    """Where the running guest's XML has its threads."""
    tune = ET.fromstring(house.out("virsh", "dumpxml", guest)).find("cputune")
    return {pin.tag: cpu_list(pin.get("cpuset")) for pin in tune}


def threads(house, guest: str) -> dict[str, set[int]]:
    """Where the kernel lets QEMU's threads run, by their names: of its CPUs and I/O threads, for
    others come and go."""
    pid = house.out("cat", f"/run/libvirt/qemu/{guest}.pid").strip()
    script = f"cat /proc/{pid}/task/*/status 2>/dev/null; true"
    said = house.out("sh", "-c", script)
    found = re.findall(r"^Name:\t((?:CPU|IO) .*)$(?:\n(?!Name:).*)*?\nCpus_allowed_list:\t(.*)$", said, re.M)
    return {name: cpu_list(cpus) for name, cpus in found}


def test_a_guest_has_a_core_to_itself_and_keeps_it(house):
    online = cpu_list(house.out("cat", f"{CPU}/online").strip())
    cores = {house.out("cat", f"{CPU}/cpu{cpu}/topology/thread_siblings_list") for cpu in online}
    if len(cores) == 1:
        pytest.skip("this machine has one core: none is left beside the host's")
    house.container.put("/etc/gasthof/host.yaml", site(web="auto"))
    plan = house.gasthof("plan")
    row = re.search(r"^    socket 0.*  [\d,-]+ +(.*)$", plan, re.MULTILINE)
    assert "CPUs of guests" in plan and re.search(r"^    a web  .*= the host's$", plan, re.MULTILINE)
    assert row and row[1].startswith("=") and row[1].count("a") == 1, plan
    assert house.json("plan")["charts"]["guests"]["keys"]["a"] == "web"
    house.apply()
    house.assert_settled()
    pins = tuned(house, "web")
    assert set(pins) == {"vcpupin", "emulatorpin", "iothreadpin"}
    assert len(pins["vcpupin"]) == 1 and pins["vcpupin"] < online
    assert pins["emulatorpin"] == pins["iothreadpin"] < online
    assert not pins["emulatorpin"] & pins["vcpupin"] and 0 not in pins["vcpupin"]
    found = threads(house, "web")
    assert found["CPU 0/TCG"] == pins["vcpupin"], found
    assert found["IO iothread1"] == pins["iothreadpin"], found
    assert "CPUs of guests" in house.gasthof("status")

    # moved by hand, it is put back while it runs
    pid = house.out("cat", "/run/libvirt/qemu/web.pid")
    house.container.run("virsh", "vcpupin", "web", "0", "0", "--live", "--config")
    said = house.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    assert "vcpus.pin.0.cpu_set" in said and "; class live;" in said, said
    house.apply()
    house.assert_settled()
    assert tuned(house, "web") == pins and threads(house, "web") == found
    assert house.out("cat", "/run/libvirt/qemu/web.pid") == pid

    # one more before it: it stays, and the other one has other CPUs or is told why not
    house.container.put("/etc/gasthof/host.yaml", site(db="auto", web="auto"))
    if len(cores) > 2:
        house.apply()
        house.assert_settled()
        assert not tuned(house, "db")["vcpupin"] & pins["vcpupin"]
    else:
        said = house.apply(status=EXIT_UNABLE)
        assert "too few CPUs are left: it wants 1 to itself" in said, said
    assert tuned(house, "web") == pins and threads(house, "web") == found

    # a CPU that is not there (C24)
    said = house.apply(site(web="{0: 4000}"), status=EXIT_UNABLE)
    assert "host.yaml:" in said and "this machine has no CPU 4000" in said
    house.apply(site(web="auto"), *ALLOW)
    house.assert_settled()
    assert tuned(house, "web") == pins
