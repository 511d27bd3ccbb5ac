"""CPUs set apart and 1 GiB pages, asked for on a machine that runs: at once by cgroups, or by the
kernel across a reboot; and the proof that nothing else runs there (A4, B10, B11, C22, C23, D9); the
guest is there by `pin: auto` (A25, A26).

One machine with two NUMA nodes is looked at many times: each of its boots costs a minute and a half.
What the kernel makes of its words is shown by a kernel alone (test_isolation_words.py).
"""

import pytest

ISOLATED = {2, 3}
VCPU = ("CPU 0/KVM", "2")
# KVM's own work for a guest: a thread of the kernel's that the first vCPU starts, in its process.
WORKER = "kvm-nx-lpage-re"
# It finds the core that is not the host's, and stays there whatever is set apart later.
PINNED = "guests: {web: {vcpus: {pin: auto}}}\n"
MAP = """
    socket 0 node 0  0-1  ==
    socket 1 node 1  2-3  a_
    a web  _ idle beside a guest  = the host's
"""
THREADS = "gasthof: 1\ninclude: [host.yaml]\ncpu: {smt: false}\n"
CGROUP = "gasthof: 1\ninclude: [host.yaml]\ncpu: {isolated: {cpu_set: 2-3, how: cgroup}}\n"
BOOT = """cpu: {isolated: 2-3}
memory:
  hugepages: {1GiB: {nodes: {0: 1, 1: 1}}}
"""
UNITS = ("init.scope", "system.slice", "user.slice")
LIMITS = " ".join(f"/sys/fs/cgroup/{unit}/cpuset.cpus.effective" for unit in UNITS)
MASKS = "/proc/irq/default_smp_affinity /sys/devices/virtual/workqueue/cpumask"
CPU = "/sys/devices/system/cpu"


def cpu_list(text):
    """The CPUs of a list such as 0-1,3."""
    parts = [part.partition("-") for part in text.split(",") if part]
    return {cpu for first, _, last in parts for cpu in range(int(first), int(last or first) + 1)}


def who_may_run_there(host):
    """Name and CPUs of every thread that is no kernel thread and may run on an isolated CPU: the
    test's own look, not Gasthof's."""
    keys = "Name Cpus_allowed_list Kthread".split()
    said = host.ssh("grep -h", *[f"-e ^{key}:" for key in keys],
                    "/proc/[0-9]*/task/[0-9]*/status", check=False, timeout=120).stdout
    lines = [line.split(":\t", 1) for line in said.splitlines()]
    # A task may end between two of its lines: only whole ones count.
    tasks = [dict(lines[at:at + 3]) for at in range(len(lines) - 2) if lines[at][0] == "Name"]
    tasks = [task for task in tasks if set(task) == set(keys)]
    assert len(tasks) > 50, said
    return sorted((task["Name"], task["Cpus_allowed_list"]) for task in tasks
                  if task["Kthread"] == "0" and task["Name"] != WORKER
                  and cpu_list(task["Cpus_allowed_list"]) & ISOLATED)


def only_these_may_run_there(host, wanted):
    """What the kernel starts for a moment, such as a modprobe, is anywhere."""
    def attempt(_left):
        found = who_may_run_there(host)
        if found != wanted:
            raise OSError(found)
    host._retry(attempt, 120, f"{wanted} alone on the isolated CPUs")


def intrude(host, command):
    """Starts a sleep, and waits until it is one: what starts it has another name."""
    host.ssh(f"systemd-run --slice=other.slice --unit=intruder --property=Type=exec {command}")
    host.ssh("until grep -qx sleep /proc/$(systemctl show -P MainPID intruder)/comm; do sleep 0.2; done")


def words(host, *paths):
    """What stands in files that hold a word each."""
    return host.ssh("cat", *paths).stdout.split()


def status_of(host, item, file=""):
    """The lines of `gasthof status` about one item."""
    lines = host.ssh("gasthof", "status", file, timeout=120).stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.split()[0] == item)
    after = [line.startswith(" ") for line in lines[at + 1:]] + [False]
    return lines[at:at + 1 + after.index(False)]


def interrupts_that_may_come(host):
    """The interrupts that can be told where to go, are in use and may reach an isolated CPU."""
    said = host.ssh("for irq in /proc/irq/[0-9]*; do [ -w $irq/smp_affinity_list ] && "
                    "ls -l $irq/smp_affinity_list | grep -q ^-rw && "
                    "[ -n \"$(cat /sys/kernel/irq/${irq##*/}/actions)\" ] && "
                    "echo ${irq##*/} $(cat $irq/smp_affinity_list); done; true",
                    timeout=120).stdout
    lines = [line.split() for line in said.splitlines()]
    assert len(lines) > 3, said
    return [line for line in lines if cpu_list(line[1]) & ISOLATED]


def placed(host):
    """The core that is not the first, QEMU's own threads on that one, memory from the same node."""
    xml = host.ssh("virsh", "dumpxml", "web").stdout
    for part in ("<vcpupin vcpu='0' cpuset='2'/>", "<emulatorpin cpuset='0-1'/>",
                 "<memory mode='strict' nodeset='1'/>"):
        assert part in xml, xml
    status = host.ssh("gasthof", "status", timeout=120).stdout
    assert MAP in status, status


def one_thread_of_each_core(host):
    host.write("/etc/gasthof/threads.yaml", THREADS)
    host.ssh("gasthof apply /etc/gasthof/threads.yaml", timeout=300)
    assert words(host, f"{CPU}/smt/control", f"{CPU}/online") == ["off", "0,2"]
    assert host.ssh("gasthof plan --exit-code /etc/gasthof/threads.yaml",
                    timeout=120).stdout == "no changes\n"
    host.ssh("gasthof apply", timeout=300)
    assert words(host, f"{CPU}/smt/control", f"{CPU}/online") == ["on", "0-3"]


def at_once_by_cgroups(host):
    host.write("/etc/gasthof/cgroup.yaml", CGROUP)
    plan = host.ssh("gasthof plan /etc/gasthof/cgroup.yaml", timeout=120).stdout
    assert "; class live;" in plan and "cpu.isolated" in plan
    host.ssh("gasthof apply /etc/gasthof/cgroup.yaml", timeout=300)
    assert words(host, LIMITS, MASKS) == ["0-1"] * 3 + ["3"] * 2
    assert interrupts_that_may_come(host) == []
    only_these_may_run_there(host, [VCPU])
    assert host.ssh("gasthof plan --exit-code /etc/gasthof/cgroup.yaml",
                    timeout=120).stdout == "no changes\n"


def an_intruder_is_told(host):
    intrude(host, "sleep 3600")
    only_these_may_run_there(host, [VCPU, ("sleep", "0-3")])
    said = status_of(host, "cpu.isolated", "/etc/gasthof/cgroup.yaml")
    assert said[0].split()[1:] == ["differs"] and len(said) == 2
    assert said[1].split()[0] == "intruders" and "[sleep[" in said[1]
    host.ssh("systemctl stop intruder.service")


def given_back(host):
    host.ssh("gasthof rollback", timeout=300)
    assert words(host, LIMITS, MASKS) == ["0-3"] * 3 + ["f"] * 2
    host.ssh("gasthof apply /etc/gasthof/cgroup.yaml", timeout=300)
    host.ssh("gasthof apply", timeout=300)
    assert words(host, LIMITS, MASKS) == ["0-3"] * 3 + ["f"] * 2
    assert host.ssh("gasthof plan --exit-code", timeout=120).stdout == "no changes\n"
    host.ssh("systemctl", "start", "gasthof.service", timeout=120)


def across_a_reboot(host):
    host.write("/etc/gasthof/wanted.yaml", host.ssh("cat /etc/gasthof/host.yaml").stdout + BOOT)
    host.ssh("mv /etc/gasthof/wanted.yaml /etc/gasthof/host.yaml")
    plan = host.ssh("gasthof plan", timeout=120).stdout
    assert "; class reboot;" in plan, plan
    assert "waits for reboot: the kernel sets 2-3 apart when it starts" in plan
    refused = host.ssh("gasthof apply", check=False, timeout=300)
    assert refused.returncode == 5, refused.stdout + refused.stderr
    # The connection goes with the machine, before or after the command's own end.
    host.ssh("systemd-run --unit=asked --property=Type=exec gasthof apply --allow reboot")
    host.wait_reset(1, 400)
    print(f"rebooted {host.seconds():.0f} s after power-on")


def in_force(host):
    line = host.ssh("cat /proc/cmdline").stdout.split()
    for word in ("isolcpus=managed_irq,domain,2-3", "nohz_full=2-3", "rcu_nocbs=2-3"):
        assert word in line
    assert words(host, f"{CPU}/isolated", f"{CPU}/nohz_full", MASKS) == ["2-3"] * 2 + ["3"] * 2
    assert interrupts_that_may_come(host) == []
    pages = "hugepages/hugepages-1048576kB/nr_hugepages"
    assert words(host, f"/sys/devices/system/node/node[01]/{pages}") == ["1", "1"]
    assert host.http_get("web", timeout=600) == "hello from web\n"
    only_these_may_run_there(host, [VCPU])
    assert status_of(host, "cpu.isolated")[0].split()[1:] == ["as", "wanted"]


def a_task_that_is_put_there_is_told(host):
    intrude(host, "taskset -c 3 sleep 3600")
    said = status_of(host, "cpu.isolated")
    assert said[1].split()[0] == "intruders" and "[sleep[" in said[1]
    host.ssh("systemctl stop intruder.service")


@pytest.mark.cost(360, telling=1)
def test_cpus_are_set_apart_at_once_or_across_a_reboot(light):
    host = light(adds=PINNED, cpus=4, threads=2, nodes=2, memory=12288, reboots=True)
    assert host.http_get("web", timeout=900) == "hello from web\n"
    host.wait_for_ssh()
    host.wait_settled()
    host.ssh("systemctl", "stop", "gasthof.service", timeout=120)
    placed(host)
    one_thread_of_each_core(host)
    at_once_by_cgroups(host)
    an_intruder_is_told(host)
    given_back(host)
    across_a_reboot(host)
    host.wait_for_ssh(600)
    host.wait_settled(600)
    in_force(host)
    a_task_that_is_put_there_is_told(host)
    host.powerdown(timeout=240)
