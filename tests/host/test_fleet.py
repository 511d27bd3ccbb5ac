"""Guests with the processor that a fleet has in common (C9, C10, C11), as libvirt finds it.

The hosts are made up: two generations of Intel's processors, as far as QEMU emulates them.
"""

import re

import pytest

from container import Container
from described import ALLOW, EXIT_UNABLE, EXIT_WRONG, Described, describe
from trees import root_tree

pytestmark = [pytest.mark.cost(5, telling=2)]

CPU = "<cpu mode='custom' match='exact'><model fallback='forbid'>{}</model><vendor>Intel</vendor></cpu>"
# Parts of the newer model that no release of QEMU emulates, whatever libvirt says.
NEVER = ("hle", "rtm", "spec-ctrl", "vme")
GUEST = """\
guests:
  web: {virtualization: emulated, vcpus: 1, memory: 64MiB, cpu: {fleet: lab}, state: running}
"""


def site(*hosts: str, guest: str = GUEST) -> str:
    files = ", ".join(f"{host}: fleet/{host}.xml" for host in hosts)
    return describe(f"fleets: {{lab: {{virtualization: emulated, hosts: {{{files}}}}}}}", guest)


def capture(house: Described, name: str, model: str) -> None:
    """A host with this processor, as `virsh domcapabilities --virttype qemu` would tell of it."""
    baseline = ("virsh", "hypervisor-cpu-baseline", "--virttype", "qemu", "--migratable")
    given = house.container.run(*baseline, "/dev/stdin", input=CPU.format(model)).stdout
    lines = [line for line in given.splitlines() if line and "cpu" not in line.split()[0]]
    lines = [line for line in lines if not any(f"'{word}'" in line for word in NEVER)]
    lines += [f"<feature policy='disable' name='{word}'/>" for word in NEVER]
    house.container.put(
        f"/etc/gasthof/fleet/{name}.xml",
        "<domainCapabilities><domain>qemu</domain><arch>x86_64</arch><cpu>"
        "<mode name='host-passthrough' supported='no'/>"
        f"<mode name='host-model' supported='yes'>{''.join(lines)}</mode></cpu></domainCapabilities>",
    )


def processor(house: Described) -> tuple[str, str]:
    """The model that QEMU was started with, and the QEMU."""
    pid = house.out("cat", "/run/libvirt/qemu/web.pid").strip()
    words = house.out("cat", f"/proc/{pid}/cmdline").split("\0")
    return words[words.index("-cpu") + 1], pid


@pytest.fixture(scope="module", params=["bookworm", "host"], ids=["libvirt-9.0", "libvirt-11.3"])
def fleet(request, installed):
    with Container(root_tree(request.param), [installed]) as container:
        house = Described(container)
        container.wait_unit("libvirtd.service")
        capture(house, "alpha", "Skylake-Client-IBRS")
        capture(house, "beta", "Haswell-noTSX-IBRS")
        yield house


def test_a_guest_runs_with_what_all_hosts_have(fleet):
    fleet.apply(site("alpha"))
    fleet.assert_settled()
    model, pid = processor(fleet)
    assert model.startswith("Skylake-Client"), model
    assert "hle=off" in model or "noTSX" in model, model

    # an older host joins: noted for the next start, and nothing is done to what runs
    fleet.apply(site("alpha", "beta"))
    assert processor(fleet) == (model, pid)
    plan = fleet.gasthof("plan")
    assert "takes effect at its next start" in plan
    assert re.search(r"cpu\.model +Skylake-Client\S* -> Haswell", plan), plan
    assert re.search(r"model +Haswell", fleet.gasthof("status"))

    fleet.switch_off()
    fleet.apply()
    fleet.assert_settled()
    model, _ = processor(fleet)
    assert model.startswith("Haswell"), model
    xml = fleet.out("virsh", "dumpxml", "web")
    assert re.search(r"<model fallback='forbid'>Haswell", xml), xml
    fleet.switch_off()  # it would not listen to a request

    # an export of it is a description of the same
    fleet.container.put("/etc/gasthof/host.yaml", fleet.container.run("gasthof", "export").stdout)
    plan = fleet.json("plan")
    assert [one["item"] for one in plan["items"] if any("cpu" in d["path"] for d in one["differs"])] == []


def test_what_a_host_prints_is_taken_as_it_is(fleet):
    put, out = fleet.container.put, fleet.out
    put("/etc/gasthof/fleet/own.xml", out("virsh", "domcapabilities", "--virttype", "qemu"))
    put("/etc/gasthof/fleet/host.xml", out("virsh", "capabilities"))
    put("/etc/gasthof/host.yaml", site("own"))
    (seen,) = [one for one in fleet.json("status")["items"] if one["item"] == "fleets.lab"]
    assert seen["counters"]["missing"] == "[]", seen
    put("/etc/gasthof/host.yaml", site("own", "alpha"))
    said = fleet.gasthof("validate", "/etc/gasthof/host.yaml", status=EXIT_WRONG)
    assert "no model is common to both" in said
    put("/etc/gasthof/host.yaml", site("host").replace("virtualization: emulated, ", "", 1))
    said = fleet.gasthof("validate", "/etc/gasthof/host.yaml", status=EXIT_WRONG)
    assert "what its fleet has in common is of kvm guests" in said


def test_a_host_that_lacks_something_is_told_what(fleet):
    fleet.container.put("/etc/gasthof/fleet/gamma.xml", CPU.format("Skylake-Client-IBRS"))
    fleet.container.put("/etc/gasthof/host.yaml", site("gamma"))
    said = fleet.gasthof("plan", status=EXIT_UNABLE)
    lacks = re.search(r"what the fleet's hosts have in common: it lacks (.*)", said)
    assert lacks, said
    assert set(NEVER) - {"vme"} <= set(re.split(", | and ", lacks[1])), said
    # with a host that has none of that it is no matter
    fleet.container.put("/etc/gasthof/host.yaml", site("alpha", "beta", "gamma"))
    fleet.gasthof("plan")


def test_a_feature_that_one_of_them_lacks_is_told_with_its_name(fleet):
    needs = GUEST.replace("lab}", "lab, features: {adx: require, avx2: require}}")
    fleet.container.put("/etc/gasthof/host.yaml", site("alpha", "beta", guest=needs))
    said = fleet.gasthof("plan", status=EXIT_UNABLE)
    assert "adx is not common to the hosts of fleets.lab: it is not on beta" in said
    assert "avx2" not in said.replace("avx2: require", "")


def test_a_named_model_that_emulation_lacks_parts_of_is_noted(fleet):
    named = GUEST.replace("fleet: lab", "model: Skylake-Client-IBRS").replace("web:", "odd:")
    fleet.container.put("/etc/gasthof/host.yaml", site("alpha", guest=named + GUEST.partition("\n")[2]))
    said = fleet.gasthof("plan")
    lacks = re.search(r"emulation does not have (.*): the guest runs without", said)
    assert lacks and "hle" in lacks[1], said


def test_what_may_be_another_model_is_as_it_was_asked_for(fleet):
    """libvirt shows of such a guest that runs the model that it chose."""
    asks = "model: Nehalem, match: minimum, fallback: allow"
    odd = GUEST.replace("web:", "odd:").replace("fleet: lab", asks)
    fleet.apply(site("alpha", guest=odd), *ALLOW)
    fleet.assert_settled()
    assert "match='minimum'" in fleet.out("virsh", "dumpxml", "--inactive", "odd")

    # said no longer, both are as where nobody says it
    fleet.switch_off("odd")
    plain = odd.replace(asks, "model: Nehalem").replace("running", "stopped")
    fleet.apply(site("alpha", guest=plain), *ALLOW)
    fleet.assert_settled()
    xml = fleet.out("virsh", "dumpxml", "--inactive", "odd")
    assert "match='exact'" in xml and "<model fallback='forbid'>Nehalem" in xml, xml


def test_words_that_libvirt_does_not_know_are_refused_before(fleet):
    for asks, mistake in {
        "model: Nehalm": "CPU model Nehalm",
        "model: Nehalem, features: {avx51f: require}": "CPU feature avx51f",
    }.items():
        odd = GUEST.replace("web:", "typo:").replace("fleet: lab", asks)
        said = fleet.apply(site("alpha", guest=odd), *ALLOW, status=EXIT_UNABLE)
        assert f"it could not be started, libvirt says: internal error: Unknown {mistake}" in said
        assert "typo" not in fleet.domains()
