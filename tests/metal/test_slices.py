"""Two guests in slices, on one processor and one slow disk: how much of each they get, by what the kernel
counts for their cgroups (M8, M9, M10, M11, M12, M19). Beside it, what only a host with all controllers shows:
where libvirt puts a guest, what stands in the cgroups' files, drift there, and what is taken out again.

The disk is slow because the emulated machine's is: QEMU lets 8 MiB a second through.
"""

import re
import time

import pytest

from machine import MachineError

SLOW_RATE = 8 << 20
DISK = "/dev/disk/by-id/virtio-slow"
FOLDER = "/var/lib/slow"
GROUPS = "/sys/fs/cgroup/machine.slice"
FILE, LESS = "/etc/gasthof/slices.yaml", "/etc/gasthof/less.yaml"
GUESTS = ("high", "low")
QUIET = "agent: {drift: report}\nguests: {web: {state: stopped}}\n"
TOGETHER = f"""\
disks:
  slow: {{path: {DISK}, scheduler: bfq, low_latency: false}}
slices:
  high: {{cpu_weight: 400, cpu_set: 1, io_weight: 100, memory_max: 1GiB, tasks_max: 300}}
  low:
    cpu_weight: 100
    cpu_set: 1
    memory_max: 1GiB
    io: {{{FOLDER}: {{weight: 10, write: 4MiB/s}}}}
  system: {{cpu_weight: 200, memory_low: 256MiB}}
guests:
"""
GUEST = """\
  {name}:
    vcpus: 1
    memory: 128MiB
    slice: {name}
    disks:
      root: {{image: small, size: 256MiB}}
      data: {{path: {folder}/{name}.raw, format: raw, cache: none, io: native}}
    serial: {{log: /var/log/{name}.log}}
    cloud_init: {{}}
    state: running
"""
# Each is a line for the guest's shell; it says that it was taken, in words that its echo does not hold.
# A line that is typed again does nothing again.
SPIN = "[ \"$p\" ] || { while :; do :; done & p=$!; }; echo at''work"
READ = ("[ \"$p\" ] || for at in 0 8 16 24; do (while :; do dd if=/dev/vdb of=/dev/null bs=256k "
        "skip=$((at * 4)) count=32 iflag=direct 2>/dev/null; done) & p=\"$p $!\"; done; "
        "echo rea''ding")
STOP = "kill $p; p=; echo sto''pped"


def description():
    guests = "".join(GUEST.format(name=name, folder=FOLDER) for name in GUESTS)
    return "gasthof: 1\ninclude: [host.yaml]\n" + TOGETHER + guests


def group(name):
    return f"{GROUPS}/machine-{name}.slice"


def value(host, name, file):
    return host.ssh("cat", f"{group(name)}/{file}").stdout.strip()


def counted(host, what):
    """What the kernel has counted for each slice: microseconds of processor, or bytes read."""
    script = {"cpu": "sed -n 's/^usage_usec //p' {0}/cpu.stat",
              "io": "sed -n \"s/^$(cat /sys/class/block/$(basename $(readlink -f " + DISK + "))/dev) "
                    "rbytes=\\([0-9]*\\).*/\\1/p\" {0}/io.stat | grep . || echo 0"}[what]
    said = host.ssh("; ".join(script.format(group(name)) for name in GUESTS)).stdout
    return dict(zip(GUESTS, map(int, said.split())))


def wait_for(what, seen, timeout=240):
    """The first true answer."""
    end = time.monotonic() + timeout
    while True:
        answer = seen()
        if answer:
            return answer
        if time.monotonic() > end:
            raise MachineError(f"{what}: not within {timeout} s")
        time.sleep(1)


def ratio(host, what, least):
    """How much more high gets than low, once both are at it, until low has got `least` more."""
    start = counted(host, what)
    wait_for(f"{what} of both", lambda: all(
        now - start[name] > least / 8 for name, now in counted(host, what).items()))
    before = counted(host, what)

    def got():
        now = {name: now - before[name] for name, now in counted(host, what).items()}
        return now if now["low"] >= least else None

    done = wait_for(f"{least} of {what} for low", got)
    print(f"{what}: {done}, {done['high'] / done['low']:.2f} to 1")
    return done["high"] / done["low"]


def said(host, guest, words, timeout=300):
    """Waits for a line on the guest's console."""
    wait_for(f"{words} of {guest}", lambda: host.ssh(
        f"grep -q '^{words}' /var/log/{guest}.log", check=False).returncode == 0, timeout)


def type_line(host, guest, line):
    """QEMU looks once a second whether there is anybody at the other end of its terminal."""
    quoted = line.replace("'", "'\\''")
    host.ssh(f"{{ sleep 2; printf '\\n%s\\n' '{quoted}'; sleep 2; }} >$(virsh ttyconsole {guest})")


def wake(host, guest):
    """A shell that starts forgets what was typed before: it is asked until it answers."""
    said(host, guest, "Please press Enter", 400)
    ask(host, guest, "echo aw''ake", "awake")


def ask(host, guest, line, answer):
    """Types a line until it is answered: what is typed while nobody listens is lost."""
    def answers():
        type_line(host, guest, line)
        return host.ssh(f"grep -q '^{answer}' /var/log/{guest}.log", check=False).returncode == 0

    wait_for(f"{answer} of {guest}", answers, 400)


def say(host, line, answer):
    """Types a line on the serial console of each guest, and waits for its answer."""
    for guest in GUESTS:
        ask(host, guest, line, answer)


def slow_disk(path):
    """Arguments for a disk that lets SLOW_RATE bytes through in a second, and no more."""
    with open(path, "wb") as file:
        file.truncate(160 << 20)
    return ["-drive", f"if=none,id=slow,format=raw,file={path},cache=none,"
                      f"throttling.bps-total={SLOW_RATE}",
            "-device", "virtio-blk-pci,drive=slow,serial=slow"]


def prepare(host):
    """A file system on the slow disk, with a file for each guest that is really there."""
    files = "; ".join(f"dd if=/dev/zero of={FOLDER}/{name}.raw bs=1M count=32 conv=fsync 2>/dev/null"
                      for name in GUESTS)
    host.ssh(f"mkfs.ext4 -q -O ^has_journal -E lazy_itable_init=0 {DISK} && mkdir -p {FOLDER} && "
             f"mount {DISK} {FOLDER} && {{ {files}; }}", timeout=200)


def guests_are_where_they_belong(host):
    """M19: libvirt's partition is systemd's slice."""
    for name in GUESTS:
        where = host.ssh(f"cat /proc/$(cat /run/libvirt/qemu/{name}.pid)/cgroup").stdout
        assert f"/machine.slice/machine-{name}.slice/machine-qemu" in where
    assert value(host, "high", "cpu.weight") == "400"
    assert value(host, "low", "cpu.weight") == "100"
    assert value(host, "high", "cpuset.cpus.effective") == "1"
    assert value(host, "high", "memory.max") == str(1 << 30)
    assert value(host, "high", "pids.max") == "300"
    assert value(host, "high", "io.bfq.weight").split()[-1] == "100"
    assert value(host, "low", "io.bfq.weight").split()[-1] == "10"
    assert f" wbps={4 << 20} " in value(host, "low", "io.max")
    assert host.ssh("cat /sys/fs/cgroup/system.slice/memory.low").stdout.strip() == str(256 << 20)


def drift_in_the_cgroup_is_put_right(host):
    host.ssh(f"echo 300 >{group('high')}/cpu.weight; echo 0-1 >{group('high')}/cpuset.cpus; "
             f"echo max >{group('high')}/memory.max; "
             f"systemctl set-property machine-low.slice CPUWeight=77")
    text = host.ssh("gasthof plan", FILE, timeout=120).stdout
    for line in (r"cpu_weight +300 -> 400", r"cpu_set +1  ", r"memory_max +1GiB",
                 r"cpu_weight +77 -> 100", r"other +\[/etc/systemd/system.control/"):
        assert re.search(line, text), text
    host.ssh("gasthof apply", FILE, timeout=240)
    guests_are_where_they_belong(host)
    settled(host)


def what_is_taken_out_is_the_kernel_s_again(host):
    less = description().replace("cpu_weight: 400, cpu_set: 1, ", "")
    host.write(LESS, less)
    host.ssh("gasthof apply", LESS, timeout=240)
    assert value(host, "high", "cpu.weight") == "100"
    assert value(host, "high", "cpuset.cpus") == "0-1"
    settled(host, LESS)
    host.ssh("gasthof rollback", timeout=240)
    assert value(host, "high", "cpu.weight") == "400"
    assert value(host, "high", "cpuset.cpus") == "1"


def everything_is_taken_back(host):
    host.ssh("for guest in high low; do virsh destroy $guest; done")
    host.ssh("gasthof apply --allow guest-restart --allow destroys-data", timeout=240)
    assert host.ssh("gasthof plan --exit-code", timeout=120).stdout == "no changes\n"
    assert host.ssh("ls /etc/systemd/system | grep -c '^machine-'", check=False).stdout == "0\n"
    assert "[bfq]" not in host.ssh(f"cat /sys/block/$(basename $(readlink -f {DISK}))/queue/scheduler"
                                   ).stdout


def settled(host, file=FILE):
    assert host.ssh("gasthof plan --exit-code", file, timeout=120).stdout == "no changes\n"


def shares_of_the_processor(host):
    say(host, SPIN, "atwork")
    assert 3 < ratio(host, "cpu", 4_000_000) < 5.3
    say(host, STOP, "stopped")


def shares_of_the_disk(host):
    say(host, READ, "reading")
    assert 5 < ratio(host, "io", 10 << 20) < 16


def look(host):
    prepare(host)
    host.write(FILE, description())
    host.ssh("gasthof apply", FILE, timeout=300)
    guests_are_where_they_belong(host)
    settled(host)
    for name in GUESTS:
        wake(host, name)
    shares_of_the_processor(host)
    shares_of_the_disk(host)
    drift_in_the_cgroup_is_put_right(host)
    what_is_taken_out_is_the_kernel_s_again(host)
    everything_is_taken_back(host)


@pytest.mark.cost(300, telling=1)
def test_shares_of_a_processor_and_of_a_disk(light, workdir):
    host = light(adds=QUIET, extra=slow_disk(workdir / "slow.raw"))
    host.wait_for_ssh(400)
    host.wait_settled(400)
    host.ssh("systemctl stop gasthof.service", timeout=120)
    look(host)
