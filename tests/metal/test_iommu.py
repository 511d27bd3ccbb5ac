"""The mode of the IOMMU, as a kernel alone makes it of its words (A3, B8, PIT6)."""

import pytest

from bare import Bare

UNIT = ["-device", "intel-iommu,intremap=on"]
GASTHOF = "gasthof status --root /machine /host.yaml"


def states(text):
    """What `gasthof status` says of each item."""
    lines = [line.split(maxsplit=1) for line in text.splitlines() if not line.startswith(" ")]
    return {line[0]: line[1] for line in lines if len(line) == 2}


@pytest.mark.cost(20, telling=2)
@pytest.mark.parametrize("mode,words,kind", [
    ("passthrough", "intel_iommu=on iommu=pt", "identity"),
    ("translated", "intel_iommu=on iommu=nopt", "DMA"),
    ("off", "intel_iommu=off amd_iommu=off iommu=off", ""),
])
def test_a_mode_is_what_its_words_make(box, small_guest, mode, words, kind):
    host = box(kind=Bare, guest=small_guest, args=words, memory=512, extra=UNIT)
    found = host.run("cat /sys/kernel/iommu_groups/*/type 2>/dev/null").split()
    # "DMA-FQ" is "DMA" with its flushes put off.
    assert {one.partition("-")[0] for one in found} == ({kind} if kind else set())
    host.write("/host.yaml", f"gasthof: 1\niommu: {{mode: {mode}}}\n")
    told = host.run(GASTHOF)
    assert states(told)["boot"] == states(told)["iommu"] == "as wanted", told
    if mode == "off":
        return
    other = {"passthrough": "translated", "translated": "passthrough"}[mode]
    host.write("/host.yaml", f"gasthof: 1\niommu: {{mode: {other}}}\n")
    told = host.run(GASTHOF)
    assert f"{mode} -> {other}" in told
    assert "waits for reboot: the IOMMU gets its mode when the kernel starts" in told


@pytest.mark.cost(15, telling=3)
def test_words_without_an_iommu_are_told(box, small_guest):
    host = box(kind=Bare, guest=small_guest, args="intel_iommu=on iommu=pt", memory=512)
    host.write("/host.yaml", "gasthof: 1\niommu: {mode: passthrough}\n")
    told = host.run(f"{GASTHOF}; echo status $?")
    assert "an IOMMU" in told and "/host.yaml:2:15" in told and told.endswith("status 4"), told
