"""CPUs set apart and huge pages, as a kernel alone makes them of its words (B10, B11, C22, C24, D9)."""

import re

import pytest

from bare import Bare

CPU = "/sys/devices/system/cpu"
WORDS = ("isolcpus=managed_irq,domain,2-3 nohz_full=2-3 rcu_nocbs=2-3 irqaffinity=0-1,4-N "
         "hugepagesz=1G hugepages=0:1,1:1")
ALONE = "gasthof: 1\ncpu: {isolated: 2-3}\n"
GASTHOF = "gasthof status --root /machine /host.yaml"


@pytest.mark.cost(30, telling=2)
def test_a_kernel_does_what_its_words_say(box, small_guest):
    # The kernel, wherever it was put, leaves a page of 1 GiB whole on a node of 6 GiB.
    host = box(kind=Bare, guest=small_guest, args=WORDS, cpus=4, threads=2, nodes=2, memory=12288)
    for path, what in {f"{CPU}/isolated": "2-3", f"{CPU}/nohz_full": "2-3",
                       "/proc/irq/default_smp_affinity": "3",
                       "/sys/devices/virtual/workqueue/cpumask": "3"}.items():
        assert host.run(f"cat {path}") == what, path
    pages = "hugepages/hugepages-1048576kB/nr_hugepages"
    assert host.run(f"cat /sys/devices/system/node/node[01]/{pages}").split() == ["1", "1"]
    host.write("/host.yaml", ALONE)
    told = host.run(GASTHOF).splitlines()
    # What systemd is to be told is not there, where there is no systemd.
    at = told.index(next(line for line in told if line.startswith("cpu.isolated")))
    assert "boot as wanted" in [" ".join(line.split()) for line in told]
    assert [line.split()[0] for line in told[at + 1:]] == ["files"], told
    host.run("taskset -c 3 sleep 3600 & taskset -c 0-1 sleep 3600 & true")
    host.run("while set -- $(pidof sleep); [ $# -lt 2 ]; do :; done")  # they are taskset's first
    told = host.run(GASTHOF)
    assert re.search(r"^ +intruders +\[sleep\[\d+\]\] -> \[\]", told, re.M), told


@pytest.mark.cost(25, telling=3)
def test_words_that_are_not_there_wait_for_a_boot(box, small_guest):
    host = box(kind=Bare, guest=small_guest, cpus=4, memory=512)
    host.write("/host.yaml", ALONE)
    told = host.run("gasthof plan --root /machine /host.yaml")
    assert "waits for reboot: the kernel sets 2-3 apart when it starts" in told
    assert "intruders" not in told and "strays" not in told
    # C24
    host.write("/host.yaml", ALONE.replace("2-3", "3-4"))
    told = host.run("gasthof plan --root /machine /host.yaml; echo status $?")
    assert "this machine has no CPU 4, it has 0-3" in told and told.endswith("status 4"), told
