"""The seed of a guest, read by its true consumer: Debian 13's cloud-init in an emulated guest."""

import pytest

from container import Container, wait_for
from described import IMAGE, NETWORK, POOL, Described, describe, image_layer

pytestmark = [pytest.mark.cost(120, telling=2), pytest.mark.kernel("bridge", "nft_nat")]

SITE = f"""\
images:
  debian: {{url: "file://{IMAGE}"}}
guests:
  curie:
    virtualization: emulated
    vcpus: 2
    memory: 512MiB
    disks: {{root: {{image: debian}}}}
    nics: {{lab: {{network: lab, address: 10.20.0.10}}}}
    cloud_init: {{hostname: marie, user: ada, ssh_keys: ["%s"]}}
    state: running
"""


@pytest.fixture(name="lab")
def debian_lab(debian_13, installed, tmp_path):
    layer = image_layer(tmp_path / "debian", "debian")
    with Container(debian_13, [layer, installed]) as container:
        yield Described(container)


def test_cloud_init_does_what_the_description_says(lab):
    """It sets the host name, and makes the user whose key may log in."""
    lab.container.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/key")
    key = lab.out("cat", "/root/key.pub").strip()
    lab.apply(describe(NETWORK, POOL, SITE % key))

    def answer():
        ask = ("curl", "-sf", "-m", "20", "http://10.20.0.10/")
        return lab.container.run(*ask, check=False).stdout

    assert wait_for("answer", answer, timeout=900) == "hello from marie\n"
    options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=60"]
    words = ["ssh", "-i", "/root/key", "ada@10.20.0.10"]
    words[1:1] = [word for option in options for word in ("-o", option)]

    def logged_in():
        return lab.container.run(*words, "sudo", "id", "-u", check=False, timeout=180).stdout

    assert wait_for("log in", logged_in, timeout=400).strip() == "0"
    lab.assert_settled()
    lab.switch_off("curie")
