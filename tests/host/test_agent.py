"""The agent: applies at start and when the description changes, sees drift, rests in between."""

import json
import subprocess

import pytest

from container import until, wait_for
from described import DESCRIPTION, NETWORK, POOL, describe

pytestmark = [pytest.mark.cost(8, telling=1), pytest.mark.kernel("bridge", "nft_nat")]
UNIT = "gasthof.service"
BUS = ("org.gasthof.Host1", "/org/gasthof/Host1", "org.gasthof.Host1")


def test_without_a_description_it_rests(new_house):
    new_house.container.run("systemctl", "start", UNIT)
    new_house.container.wait_unit(UNIT)
    assert new_house.rules() == ""
    new_house.container.run("systemctl", "stop", UNIT)
    assert new_house.out("systemctl", "show", "-P", "Result", UNIT) == "success"


def test_it_applies_at_start(new_house):
    new_house.container.put(DESCRIPTION, describe(POOL))
    new_house.container.run("systemctl", "start", UNIT)
    wait_for("pool", lambda: "default" in new_house.pools())


def test_it_applies_when_the_description_changes(new_house):
    new_house.container.put(DESCRIPTION, describe())
    new_house.container.run("systemctl", "start", UNIT)
    new_house.container.wait_unit(UNIT)
    new_house.container.put(DESCRIPTION, describe(POOL))
    wait_for("pool", lambda: "default" in new_house.pools())
    new_house.container.put(DESCRIPTION + ".new", describe(POOL, NETWORK))
    new_house.container.run("mv", DESCRIPTION + ".new", DESCRIPTION)  # as editors do
    wait_for("network", lambda: "lab" in new_house.networks())


def test_it_sees_changes_below_the_folder_at_once(new_house):
    """With drift reported, a look would never apply them: only the change itself does."""
    house, report = new_house.container, "agent: {drift: report}"
    house.run("mkdir", "-p", "/etc/gasthof/site/deep")
    house.put("/etc/gasthof/site/deep/pool.yaml", "gasthof: 1\n")
    house.put(DESCRIPTION, describe("include: [site/deep/pool.yaml]", report))
    house.run("systemctl", "start", UNIT)
    house.wait_unit(UNIT)
    wait_for("its first run", lambda: '"as wanted"' in status(house))
    house.put("/etc/gasthof/site/deep/pool.yaml", "gasthof: 1\n" + POOL)
    wait_for("pool", lambda: "default" in new_house.pools())
    house.run("mkdir", "-p", "/etc/gasthof/new/er")  # a folder that comes later
    house.put("/etc/gasthof/new/er/net.yaml", "gasthof: 1\npools: {more: {}}\n")
    house.put(DESCRIPTION, describe("include: [site/deep/pool.yaml, new/er/net.yaml]", report))
    wait_for("second pool", lambda: "more" in new_house.pools())
    wait_for("its end", lambda: bus_property(new_house, "Run") == 's ""')
    house.put("/etc/gasthof/new/er/net.yaml", "gasthof: 1\npools: {more: {}}\n" + NETWORK)
    wait_for("network", lambda: "lab" in new_house.networks())


def status(house) -> str:
    return house.run("cat", "/run/gasthof/status.json", check=False).stdout


def test_a_wrong_description_leaves_everything_as_it_is(new_house):
    new_house.container.put(DESCRIPTION, describe(POOL))
    new_house.container.run("systemctl", "start", UNIT)
    wait_for("pool", lambda: "default" in new_house.pools())
    new_house.container.put(DESCRIPTION, describe(POOL.replace("type: dir", "type: drawer")))
    wait_for("fault in the journal", lambda: "drawer" in new_house.container.journal(UNIT))
    assert new_house.pools() == ["default"]
    assert new_house.container.unit(UNIT) == "active"


def test_it_starts_again_when_it_is_killed(new_house):
    new_house.container.run("systemctl", "start", UNIT)
    first = new_house.out("systemctl", "show", "-P", "MainPID", UNIT)
    new_house.container.run("kill", "-KILL", first)

    def again():
        now = new_house.out("systemctl", "show", "-P", "MainPID", UNIT)
        return now not in ("0", first) and new_house.container.unit(UNIT) == "active"

    wait_for("a new process", again)


@pytest.mark.cost(30, telling=2)
def test_status_names_drift_within_a_minute(new_house):
    new_house.container.put(DESCRIPTION, describe(POOL, "agent: {drift: report}"))
    new_house.container.run("systemctl", "start", UNIT)
    state = lambda: bus_property(new_house, "State")  # noqa: E731
    until("its first run", state, lambda seen: seen == 's "as wanted"')
    new_house.container.run("virsh", "pool-destroy", "default")
    until("drift", state, lambda seen: seen == 's "differs"', 240)
    assert "pools.default" in status(new_house.container)


def test_who_waited_for_the_lock_looks_again(new_house):
    """A rollback or apply that a run of the agent waited for is not undone by it."""
    waiting = "waiting for another run"
    new_house.apply(describe(POOL))
    holder = new_house.container.spawn(
        "flock", "/var/lib/gasthof/lock", "cat", stdin=subprocess.PIPE
    )
    wait_for("the lock", lambda: not locked(new_house))
    new_house.container.run(
        "systemd-run", "--unit=late", "/usr/bin/gasthof", "run", "change"
    )
    wait_for("a run that waits", lambda: waiting in new_house.container.journal("late"))
    new_house.container.put(DESCRIPTION, describe())
    holder.stdin.close()
    holder.wait(30)
    wait_for("pool gone", lambda: new_house.pools() == [])


@pytest.mark.cost(25, telling=1)
def test_a_run_that_hangs_is_ended_and_said(new_house):
    house = new_house.container
    house.put(
        "/etc/systemd/system/gasthof.service.d/silence.conf",
        "[Service]\nExecStart=\nExecStart=/usr/bin/gasthof agent --silence=10\n",
    )
    house.run("systemctl", "daemon-reload")
    house.run("virsh", "list")  # a first run that waits for libvirt's start is silent, too
    house.put(DESCRIPTION, describe(POOL, "agent: {drift: report}"))
    house.run("systemctl", "start", UNIT)
    wait_for("its first run", lambda: '"as wanted"' in status(house))
    # What a run asks of libvirt is never answered: virtqemud and libvirtd alike.
    pid = house.run("systemctl", "show", "-P", "MainPID", "libvirtd.service").stdout.strip()
    house.run("kill", "-STOP", pid)
    house.run("busctl", "call", *BUS, "Apply")
    wait_for("the run's end", lambda: "silent for too long" in status(house), 90)
    assert bus_property(new_house, "State") == 's "unknown"'
    house.run("kill", "-CONT", pid)
    house.run("virsh", "pool-destroy", "default")
    house.run("busctl", "call", *BUS, "Apply")
    # a look between the two commands before may have found all as wanted
    running = lambda: "running" in new_house.out("virsh", "pool-info", "default")  # noqa: E731
    wait_for("the next run's work", running)
    wait_for("its end", lambda: '"as wanted"' in status(house))


def locked(house) -> bool:
    lock = house.container.run("flock", "-n", "/var/lib/gasthof/lock", "true", check=False)
    return lock.returncode == 0


def bus_property(house, name, user="root"):
    return house.out("runuser", "-u", user, "--", "busctl", "get-property", *BUS, name)


def test_the_bus_tells_its_state_and_starts_runs(new_house):
    new_house.container.put(DESCRIPTION, describe(POOL))
    new_house.container.run("systemctl", "start", UNIT)
    wait_for("state", lambda: bus_property(new_house, "State") == 's "as wanted"')
    new_house.container.run("virsh", "pool-destroy", "default")
    new_house.container.run("busctl", "call", *BUS, "Look")
    active = lambda: "running" in new_house.out("virsh", "pool-info", "default")
    wait_for("pool", active)
    wait_for("its end", lambda: bus_property(new_house, "Run") == 's ""')
    details = json.loads(new_house.out("busctl", "--json=short", "get-property", *BUS, "Details"))
    assert json.loads(details["data"])["state"] == "as wanted"


def test_the_bus_answers_members_of_the_group_and_obeys_root_alone(new_house):
    house = new_house.container
    house.run("useradd", "--groups", "gasthof", "grace")
    house.run("useradd", "ada")
    house.run("systemctl", "start", UNIT)
    wait_for("version", lambda: bus_property(new_house, "Version", "grace").startswith('s "'))
    look = ("busctl", "call", *BUS, "Look")
    assert house.run("runuser", "-u", "grace", "--", *look, check=False).returncode != 0
    assert house.run("runuser", "-u", "ada", "--", "busctl", "introspect", *BUS[:2],
                     check=False).returncode != 0
