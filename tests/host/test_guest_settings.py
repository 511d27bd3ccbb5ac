"""Sizes, pins, threads, actions and texts of a guest change while it runs, with the same QEMU; what was
changed by hand is put right field by field; what a guest does not do waits and is not asked again;
a restart that was allowed is orderly.

Weights, quotas and limits need controllers of cgroups, which a container has not (tests/metal)."""

import re

import pytest

from container import until, wait_for
from described import ALLOW, EXIT_PENDING, EXIT_REFUSED, IMAGE, POOL, describe, image_digest

pytestmark = [pytest.mark.cost(8, telling=2)]

LOG = "/var/log/tuned.log"
START = """
    vcpus: {count: 2, max: 4}
    memory: {size: 160MiB, max: 256MiB}
    lifecycle: {crash: destroy}"""
CHANGED = """
    vcpus: {count: 3, max: 4, pin: {0: 0, 1: 0}, emulator: 0}
    memory: {size: 200MiB, max: 256MiB}
    iothreads: {count: 2, each: {1: {}, 3: {poll: {max: 4000}}}, pin: {3: 0}}
    lifecycle: {crash: preserve}
    title: a guest
    description: |
      of two
      lines"""
DEAF = """
    memory: {size: 64MiB, max: 96MiB}
    vcpus: {count: 1, max: 2}
    stop_timeout: 2s"""


def tuned(body: str) -> str:
    return f"""
  tuned:
    virtualization: emulated
    disks: {{root: {{image: small, size: 64MiB}}}}
    serial: {{log: {LOG}}}
    cloud_init: {{}}
    state: running{body}"""


def deaf(body: str) -> str:
    """Nothing is in it that could answer."""
    return f"""
  deaf:
    virtualization: emulated
    state: running{body}"""


def site(*guests: str) -> str:
    image = f'{{url: "file://{IMAGE}", sha256: "{image_digest()}", pool: default}}'
    return describe(POOL, f"images: {{small: {image}}}", "guests:" + "".join(guests))


def type_in(house, line: str) -> None:
    """QEMU looks once a second whether anybody holds the other end."""
    pty = house.out("virsh", "ttyconsole", "tuned").strip()
    script = 'exec 3<>"$2"; sleep 2; printf "%s\\n" "$1" >&3; sleep 2'
    house.container.run("sh", "-c", script, "sh", line, pty)


def console(house, command: str, said: str) -> None:
    """A command in the guest, typed until its console says what it is to say: what is typed while
    nobody holds the other end is lost."""

    def answer():
        type_in(house, command)
        return house.container.get(LOG).decode(errors="replace")

    until(said, answer, lambda log: said in log, 180)


def balloon(house) -> None:
    wait_for("the guest up", lambda: b"serving" in house.container.get(LOG), 400)
    console(house, "", "~ #")  # it wants to be woken by a key
    console(house, "modprobe virtio_balloon && echo bal''loon is in", "balloon is in")


def reaches(house, kib: int) -> None:
    """The guest's balloon."""
    until(f"{kib} KiB", lambda: xml(house), lambda now: f"<currentMemory unit='KiB'>{kib}<" in now)


def pid(house, name: str = "tuned") -> str:
    return house.out("cat", f"/run/libvirt/qemu/{name}.pid").strip()


def xml(house, name: str = "tuned") -> str:
    return house.out("virsh", "dumpxml", name)


def affinity(house, thread: str) -> str:
    """Where the kernel lets a thread of QEMU run, by its name."""
    script = 'grep -l -x "$2" /proc/"$1"/task/*/comm | sed s/comm/status/ | xargs cat'
    status = house.out("sh", "-c", script, "sh", pid(house), thread)
    return re.search(r"Cpus_allowed_list:\s*(\S+)", status).group(1)


@pytest.fixture(scope="module")
def running(house):
    house.apply(site(tuned(START)))
    balloon(house)
    reaches(house, 163840)
    house.assert_settled()
    return house


def test_what_is_changed_is_so_at_once_and_the_same_qemu_runs(running):
    before = pid(running)
    running.apply(site(tuned(CHANGED)))
    running.wait_settled()
    assert pid(running) == before
    now, then = xml(running), running.out("virsh", "dumpxml", "--inactive", "tuned")
    for part in (
        "current='3'",
        "<currentMemory unit='KiB'>204800<",
        "<vcpupin vcpu='1' cpuset='0'/>",
        "<emulatorpin cpuset='0'/>",
        "<iothreadpin iothread='3' cpuset='0'/>",
        "<poll max='4000'/>",
        "<on_crash>preserve<",
        "<title>a guest<",
        "<description>of two\nlines",
    ):
        assert part in now
        assert part in then
    assert affinity(running, "CPU 1/TCG") == "0"
    assert affinity(running, "IO iothread3") == "0"


@pytest.mark.parametrize(
    ("path", "virsh"),
    [
        ("memory.size", ["setmem", "tuned", "220M"]),
        ("memory.size", ["setmem", "tuned", "256M"]),  # all that it was started with
        ("vcpus.pin.1.cpu_set", ["vcpupin", "tuned", "1", "1"]),
        ("vcpus.emulator", ["emulatorpin", "tuned", "1"]),
        ("iothreads.pin.3.cpu_set", ["iothreadpin", "tuned", "3", "1"]),
        ("iothreads.count", ["iothreadadd", "tuned", "7"]),
        ("iothreads.each.3.poll.max", ["iothreadset", "tuned", "3", "--poll-max-ns", "9000"]),
        ("lifecycle.crash", ["set-lifecycle-action", "tuned", "crash", "restart"]),
        ("title", ["desc", "tuned", "--title", "another"]),
        ("description", ["desc", "tuned", "something else"]),
    ],
)
def test_what_was_changed_by_hand_is_put_right_alone(running, path, virsh):
    before, was = pid(running), xml(running)
    running.container.run("virsh", *virsh, "--live")
    if path == "memory.size":
        reaches(running, int(virsh[2].rstrip("M")) * 1024)
    plan = running.json("plan")
    (item,) = [item for item in plan["items"] if item["steps"] or item["waits"]]
    assert [differs["path"] for differs in item["differs"]] == [path]
    (step,) = item["steps"]
    assert step.startswith("domain_set ")
    running.apply()
    running.wait_settled()
    assert xml(running) == was
    assert pid(running) == before


def test_a_rollback_puts_the_running_half_back(running):
    before, was = pid(running), xml(running)
    changed = CHANGED.replace("{0: 0, 1: 0}", "{0: 1, 1: 0-1}").replace("a guest", "rolled")
    running.apply(site(tuned(changed)))
    assert "<vcpupin vcpu='0' cpuset='1'/>" in xml(running)
    running.gasthof("rollback")
    assert xml(running) == was
    assert pid(running) == before
    running.apply(site(tuned(CHANGED)))
    running.assert_settled()


def test_what_is_said_no_longer_goes_back(running):
    """All but the vCPU, which Linux takes and gives back only where it knows the hypervisor: that is
    for a machine with KVM to show."""
    before = pid(running)
    running.apply(site(tuned(START.replace("count: 2", "count: 3"))))
    running.wait_settled()
    now = xml(running)
    assert "current='3'" in now
    assert "<currentMemory unit='KiB'>163840<" in now
    assert "<title>" not in now and "<description>" not in now
    assert "<iothreads>" not in now
    assert affinity(running, "CPU 1/TCG") == affinity(running, "CPU 0/TCG")
    assert pid(running) == before


def test_what_goes_back_while_something_waits_does_so_once(running):
    """It is told to what runs, and the plan is then still but for what waits."""
    before = pid(running)
    waits = START.replace("max: 4", "max: 3")
    waits = waits.replace("crash: destroy", "crash: preserve, reboot: destroy")
    running.apply(site(tuned(waits + "\n    title: a guest\n    iothreads: 1")))
    assert "<on_crash>preserve<" in xml(running) and "<title>" in xml(running)
    assert "0 to change" in running.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    less = "\n".join(line for line in waits.splitlines() if "lifecycle" not in line)
    running.apply(site(tuned(less)))
    now = xml(running)
    assert "<on_crash>destroy<" in now and "<on_reboot>restart<" in now
    assert "<title>" not in now and "<iothreads>" not in now
    assert "0 to change" in running.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    assert "domain_set" not in running.apply(None)
    assert pid(running) == before


def test_a_restart_that_is_allowed_is_orderly(running):
    """It hears its power button, and comes back with what had waited for it."""
    before = pid(running)
    running.apply(site(tuned(START.replace("max: 4", "max: 3"))))
    assert "at its next start" in running.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    assert pid(running) == before
    restart = START.replace("max: 4", "max: 3") + "\n    on_change: restart\n    stop_timeout: 300s"
    running.apply(site(tuned(restart)), status=EXIT_REFUSED)
    assert pid(running) == before
    running.apply(None, "--allow", "guest-restart")
    assert pid(running) != before
    assert ">3</vcpu>" in xml(running)
    text = running.out("virsh", "domstate", "--reason", "tuned")
    assert text.startswith("running")
    log = running.out("cat", "/var/log/libvirt/qemu/tuned.log")
    assert "shutting down, reason=shutdown" in log
    assert "reason=destroyed" not in log


def test_a_guest_that_does_not_answer_is_asked_once(running):
    running.apply(site(deaf(DEAF)), *ALLOW)
    before = pid(running, "deaf")
    running.apply(site(deaf(DEAF.replace("count: 1", "count: 2"))))
    said = running.apply(site(deaf(DEAF)))
    assert "later" in said
    plan = running.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    assert "waits for guest-stop: cannot set vcpus while it runs" in plan
    # its balloon has no driver, and nobody asks again and again
    assert "waits for event: its balloon" in plan
    assert "0 to change" in plan
    assert "domain_set" not in running.apply(None)
    assert pid(running, "deaf") == before
    running.container.run("virsh", "destroy", "deaf")
    running.apply(None)
    assert "current='1'" in xml(running, "deaf")
    assert "guest-stop" not in running.gasthof("plan")


def test_a_restart_of_a_guest_that_does_not_listen(running):
    """It is waited for, or its plug is pulled where the description permits."""
    before = pid(running, "deaf")
    restart = DEAF.replace("max: 2", "max: 3") + "\n    on_change: restart"
    said = running.apply(site(deaf(restart)), "--allow", "guest-restart")
    assert re.search("domain_stop .*: pending", said)
    assert pid(running, "deaf") == before
    running.apply(
        site(deaf(restart + "\n    on_stop_timeout: destroy")), "--allow", "guest-restart"
    )
    assert pid(running, "deaf") != before
    assert ">3</vcpu>" in xml(running, "deaf")
