"""Values of the kernel that each boot has to bring again, in a container whose /sys/kernel/mm is played
by files: what is written where, that systemd-tmpfiles reads our lines, and drift.  What the kernel
makes of the values is metal's to show."""

import pytest

from described import EXIT_PENDING, EXIT_UNABLE, describe

pytestmark = pytest.mark.cost(3, telling=2)

MM = "/sys/kernel/mm"
KERNEL = {
    "transparent_hugepage/enabled": "[always] madvise never",
    "transparent_hugepage/defrag": "always defer defer+madvise [madvise] never",
    "transparent_hugepage/khugepaged/pages_to_scan": "4096",
    "ksm/run": "0",
    "ksm/pages_to_scan": "100",
    "ksm/sleep_millisecs": "20",
    "ksm/pages_shared": "512",
    "ksm/pages_sharing": "65536",
    "hugepages/hugepages-2048kB/nr_hugepages": "0",
}
MEMORY = """\
memory:
  hugepages: {2MiB: 16}
  transparent_hugepages: {enabled: never, khugepaged: {pages_to_scan: 8192}}
  ksm: {run: true, sleep_millisecs: 10}
"""
WANTED = {
    "transparent_hugepage/enabled": "never",
    "transparent_hugepage/khugepaged/pages_to_scan": "8192",
    "ksm/run": "1",
    "ksm/sleep_millisecs": "10",
}


def play(house):
    """As after power-on."""
    for name, text in KERNEL.items():
        house.container.put(f"{MM}/{name}", text + "\n")


def values(house):
    return {name: house.out("cat", f"{MM}/{name}") for name in WANTED}


@pytest.fixture(scope="module")
def settled(house):
    house.container.run("mount", "-t", "tmpfs", "tmpfs", MM)
    play(house)
    house.apply(describe(MEMORY))
    return house


def test_values_are_set_and_kept(settled):
    assert values(settled) == WANTED
    assert settled.out("cat", f"{MM}/hugepages/hugepages-2048kB/nr_hugepages") == "16"
    settled.assert_settled()


def test_systemd_sets_them_again_at_boot(settled):
    play(settled)
    # a file keeps what is behind a shorter value, unlike the kernel
    settled.container.put(f"{MM}/transparent_hugepage/enabled", "x\n")
    settled.container.run("systemd-tmpfiles", "--create", "--boot", "--prefix=/sys")
    assert values(settled) == WANTED
    settled.apply()
    settled.assert_settled()


def test_status_tells_what_ksm_saves(settled):
    said = settled.gasthof("status")
    assert "saved                              256MiB" in said
    item = next(one for one in settled.json("status")["items"] if one["item"] == "memory.ksm")
    assert item["counters"]["saved"] == "256MiB"
    assert int(item["counters"]["pages_shared"]) == 512


def test_drift_of_each_state_is_named_and_put_right(settled):
    settled.container.put(f"{MM}/transparent_hugepage/enabled", "[always] madvise never\n")
    settled.container.put(f"{MM}/hugepages/hugepages-2048kB/nr_hugepages", "3\n")
    settled.container.run("sed", "-i", "/sleep_millisecs/s/10$/99/", "/etc/tmpfiles.d/gasthof-ksm.conf")
    said = settled.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    assert "always -> never  [running]" in said
    assert "99 -> 10  [configured]" in said
    assert "3 -> 16  [running]" in said
    settled.apply()
    assert values(settled) == WANTED
    settled.assert_settled()


def test_more_huge_pages_than_memory_are_refused_with_numbers(settled):
    """PIT33"""
    said = settled.apply(describe(MEMORY.replace("2MiB: 16", "2MiB: 90000000")), status=EXIT_UNABLE)
    assert "of huge pages and" in said and "are more than this machine's" in said
    settled.apply(describe(MEMORY))


def test_what_is_no_longer_described_goes_back_to_the_kernel_s_defaults(settled):
    settled.apply(describe("host: {name: kvm-01}"))
    assert settled.out("cat", f"{MM}/transparent_hugepage/enabled") == "always"
    assert settled.out("cat", f"{MM}/ksm/run") == "0"
    assert settled.out("cat", f"{MM}/hugepages/hugepages-2048kB/nr_hugepages") == "0"
    assert settled.out("sh", "-c", "ls /etc/tmpfiles.d | grep gasthof", check=False) == ""
    settled.assert_settled()
