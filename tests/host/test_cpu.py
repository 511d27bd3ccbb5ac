"""Processors: what this machine cannot do is told with its place, and nothing of it is tried. (What
it can do needs a machine of its own: tests/metal/test_isolation.py.)"""

import pytest

from described import EXIT_UNABLE, describe

pytestmark = pytest.mark.cost(3, telling=3)

CPU = "/sys/devices/system/cpu"
# file that tells, what makes the machine able to, description, what is said
CANNOT = {
    "cpusets": (
        "/sys/fs/cgroup/cgroup.controllers",
        "cpuset",
        "cpu: {isolated: {cpu_set: 1, how: cgroup}}",
        "this machine's cgroups cannot keep services off CPUs (no cpuset)",
    ),
    "governors": (
        f"{CPU}/cpufreq/policy0/scaling_governor",
        "",
        "cpu: {governor: performance}",
        "nothing governs the frequency of this machine's processors",
    ),
    "threads": (
        f"{CPU}/smt/control",
        "o",  # on, off
        "cpu: {smt: true}",
        "this machine runs one thread on each core",
    ),
}


@pytest.mark.parametrize("what", CANNOT)
def test_what_the_machine_cannot_is_refused(house, what):
    path, able, text, said = CANNOT[what]
    found = house.container.run("cat", path, check=False)
    words = found.stdout.split()
    if found.returncode == 0 and any(word.startswith(able) for word in words):
        pytest.skip(f"this machine can: {path} says {' '.join(words)}")
    before = house.contents("/etc")
    answer = house.apply(describe(text), status=EXIT_UNABLE)
    assert "host.yaml:2:" in answer and said in answer, answer
    house.container.run("rm", "/etc/gasthof/host.yaml")
    assert {path: was for path, was in house.contents("/etc").items() if "host.yaml" not in path} == {
        path: was for path, was in before.items() if "host.yaml" not in path}


def test_a_cpu_that_is_not_there_is_named(house):
    """C24"""
    text = "cpu: {isolated: {cpu_set: 4000, how: cgroup}}"
    answer = house.apply(describe(text), status=EXIT_UNABLE)
    assert "this machine has no CPU 4000" in answer
