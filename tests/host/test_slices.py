"""Slices: what systemd makes of our files, and drift. (The container's cgroups have no controllers: what
the kernel makes of it, and where libvirt puts a guest, only a machine of its own can show.)"""

import pytest

from described import ALLOW, EXIT_PENDING, EXIT_REFUSED, describe, site

pytestmark = pytest.mark.cost(3, telling=2)

UNITS = "/etc/systemd/system"
GOLD = f"{UNITS}/machine-gold.slice"
SLICES = """\
slices:
  gold:
    cpu_weight: 400
    cpu_quota: 1.25
    cpu_set: 0
    memory_nodes: 0
    memory_high: 3GiB
    memory_max: 4GiB
    swap: false
    tasks_max: 500
    io_weight: 50
  my-silver: {cpu_weight: 100}
  system: {cpu_weight: 200, memory_low: 512MiB}
"""
SHOWN = {
    "CPUWeight": "400",
    "CPUQuotaPerSecUSec": "1.250000s",
    "AllowedCPUs": "0",
    "AllowedMemoryNodes": "0",
    "MemoryHigh": str(3 << 30),
    "MemoryMax": str(4 << 30),
    "MemorySwapMax": "0",
    "TasksMax": "500",
    "IOWeight": "50",
}
UNSET = {
    "CPUWeight": "[not set]",
    "CPUQuotaPerSecUSec": "infinity",
    "AllowedCPUs": "",
    "AllowedMemoryNodes": "",
    "MemoryHigh": "infinity",
    "MemoryMax": "infinity",
    "MemorySwapMax": "infinity",
    "TasksMax": "infinity",
    "IOWeight": "[not set]",
}


def shown(house, unit="machine-gold.slice"):
    """What systemd says of a slice."""
    properties = [f"--property={name}" for name in SHOWN]
    lines = house.out("systemctl", "show", *properties, unit).splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture(scope="module")
def settled(house):
    house.apply(describe(SLICES))
    return house


def test_systemd_holds_what_is_described(settled):
    assert shown(settled) == SHOWN
    assert shown(settled, "machine-my\\x2dsilver.slice")["CPUWeight"] == "100"
    assert shown(settled, "system.slice")["CPUWeight"] == "200"
    assert settled.out("systemctl", "show", "-P", "MemoryLow", "system.slice") == str(512 << 20)
    assert settled.container.run("test", "-e", "/run/systemd/system.control", check=False).returncode
    settled.assert_settled()


@pytest.mark.parametrize("how", ["--runtime", "for good"])
def test_drift_is_named_and_put_right(settled, how):
    options = [how] if how == "--runtime" else []
    settled.out("systemctl", "set-property", *options, "machine-gold.slice", "CPUWeight=7",
                "AllowedCPUs=0-1", "MemoryMax=1G")
    said = settled.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    for line in ("7 -> 400  [running]", "0-1 -> 0  [running]", "1GiB -> 4GiB  [running]"):
        assert line in said, said
    assert ("system.control" in said) == (how != "--runtime"), said
    settled.apply()
    assert shown(settled) == SHOWN
    settled.assert_settled()
    settled.out("systemctl", "daemon-reload")
    assert shown(settled) == SHOWN
    settled.assert_settled()


def test_an_edited_file_is_put_right(settled):
    settled.out("sed", "-i", "s/CPUWeight=400/CPUWeight=9/", GOLD)
    said = settled.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    assert "9 -> 400  [configured]" in said and "[running]" not in said
    settled.apply()
    settled.assert_settled()


def test_what_is_taken_out_goes_back_to_systemd_s_defaults(settled):
    settled.apply(describe("slices: {gold: {cpu_weight: 400}}"))
    assert shown(settled) == UNSET | {"CPUWeight": "400"}
    assert shown(settled, "system.slice") == UNSET
    drop_in = f"{UNITS}/system.slice.d/gasthof.conf"
    assert settled.container.run("test", "-e", drop_in, check=False).returncode
    settled.assert_settled()
    settled.gasthof("rollback")
    assert shown(settled) == SHOWN
    assert shown(settled, "system.slice")["CPUWeight"] == "200"
    settled.apply(describe("host: {name: kvm-01}"))
    assert shown(settled) == UNSET
    assert settled.out("sh", "-c", f"ls {UNITS} | grep machine-", check=False) == ""
    settled.assert_settled()


def test_limits_of_a_device_are_systemd_s_lists(settled):
    """M10"""
    disk = settled.container.run("sh", "-c", "ls -d /sys/block/[sv]d? | head -1", check=False)
    if not disk.stdout.strip():
        pytest.skip("this machine has no disk that is called sd or vd")
    name = disk.stdout.split("/")[-1].strip()
    number = settled.out("cat", f"/sys/block/{name}/dev").replace(":", " ").split()
    node = f"/dev/{name}"
    settled.out("mknod", node, "b", *number)
    settled.apply(describe(f"slices: {{gold: {{io: {{{node}: {{read: 10MiB/s, write_iops: 100}}}}}}}}"))
    reads = ("systemctl", "show", "-P", "IOReadBandwidthMax", "machine-gold.slice")
    assert settled.out(*reads) == f"{node} {10 << 20}"
    assert settled.out(*reads[:3], "IOWriteIOPSMax", reads[4]) == f"{node} 100"
    settled.assert_settled()
    settled.out("systemctl", "set-property", "--runtime", "machine-gold.slice",
                f"IOReadBandwidthMax={node} 5M")
    settled.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    settled.apply()
    assert settled.out(*reads) == f"{node} {10 << 20}"
    settled.apply(describe("host: {name: kvm-01}"))
    assert settled.out(*reads) == ""


def test_a_slice_that_somebody_made_is_refused(settled):
    settled.container.put(GOLD, "[Slice]\nCPUWeight=3\n")
    settled.out("systemctl", "daemon-reload")
    said = settled.apply(describe(SLICES), status=EXIT_REFUSED)
    assert "slices.gold is there and was not made by gasthof" in said
    assert settled.out("cat", GOLD) == "[Slice]\nCPUWeight=3"
    settled.out("rm", GOLD)
    settled.out("systemctl", "daemon-reload")


@pytest.mark.cost(25, telling=2)
def test_a_guest_is_in_its_slice_from_its_next_start(settled):
    settled.apply(site())
    partition = ("sh", "-c", "virsh dumpxml web | grep partition", )
    settled.apply(site(SLICES).replace("cloud_init: {}", "cloud_init: {}\n    slice: gold"))
    assert "/machine/gold" in settled.out("sh", "-c", "virsh dumpxml --inactive web | grep partition")
    said = settled.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    assert "takes effect at its next start" in said
    settled.switch_off()
    settled.apply()
    assert settled.out(*partition).strip() == "<partition>/machine/gold</partition>"
    settled.assert_settled()
    # not under it
    settled.apply(site())
    assert settled.container.run("test", "-e", GOLD).returncode == 0
    assert "guests are in it: web" in settled.gasthof("plan")
    settled.switch_off()
    settled.apply(None, *ALLOW)
    assert settled.container.run("test", "-e", GOLD, check=False).returncode
    settled.assert_settled()
