"""A host in a host (config/nested-lab.yaml; L1): a guest boots the appliance's own image, applies the
description that was stamped on it, and its own guest, on the KVM of an emulated processor, answers.
"""

import subprocess
from pathlib import Path

import pytest

from container import Container, wait_for
from described import Described
from trees import KEEP, TREE, guest_image

ADDRESS = "10.30.0.20"
# The example as it is, but for what a container has not: KVM, a card, and a medium it was booted from.
ADDS = f"""\
gasthof: 1
include: [nested-lab.yaml]
require: null
kvm: null
links: null
images: {{inner: {{url: "file:///srv/inner.qcow2"}}}}
guests:
  inner:
    virtualization: emulated
    vcpus: 2
    nics: {{between: {{address: {ADDRESS}}}}}
"""


@pytest.fixture
def inner_disk(tmp_path) -> Path:
    """The appliance with the demo's description on it, in a folder of its own."""
    made = subprocess.run(["make", "-s", "-C", TREE, "image"], check=False, timeout=1800)
    assert made.returncode == 0
    guest, folder = guest_image(), tmp_path / "media"
    folder.mkdir()
    raw, disk = tmp_path / "inner.raw", folder / "inner.qcow2"
    stamp = [TREE / "installer/stamp", TREE / "build/gasthof.raw", TREE / "config/demo.yaml"]
    stamp += ["-o", raw, "--size", "6G", "--file", f"{guest}:images/guest-small.qcow2"]
    for argv in stamp, ["qemu-img", "convert", "-O", "qcow2", raw, disk]:
        subprocess.run([str(word) for word in argv], check=True, timeout=400, capture_output=True)
    raw.unlink()
    return disk


@pytest.fixture
def lab(debian_13, installed, inner_disk):
    with Container(debian_13, [installed], binds=[f"{inner_disk}:/srv/inner.qcow2"]) as container:
        yield Described(container)


@pytest.mark.kernel("bridge", "tun", "nft_nat")
@pytest.mark.cost(260, telling=1)
def test_a_guest_is_this_appliance_with_a_guest_of_its_own(lab):
    example = (TREE / "config/nested-lab.yaml").read_text()
    lab.container.put("/etc/gasthof/nested-lab.yaml", example)
    lab.apply(ADDS)
    lab.assert_settled()

    def ask() -> str:
        url = f"http://{ADDRESS}:8080/cgi-bin/info"  # the inner host's forward
        return lab.container.run("curl", "-sf", "-m", "20", url, check=False).stdout

    try:
        said = wait_for("the answer of the guest in the guest", ask, 1500)
    finally:
        folder = KEEP / "nested-lab"
        folder.mkdir(parents=True, exist_ok=True)
        log = lab.container.run("cat", "/var/log/inner.log", check=False).stdout
        (folder / "inner.log").write_text(log)
    assert "name web\n" in said and "10.20.0." in said
    assert " on demo" in log  # the console of the host in between
    assert lab.domains() == ["inner"]
