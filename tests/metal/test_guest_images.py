"""The guest test images by themselves, on an emulated machine without a host in between: they boot,
take their name from a NoCloud seed, answer HTTP with it, and obey the power button."""

import hashlib
import os

import pytest

from machine import Disk
from seed import write_seed


def values(text, key):
    """The values of a key in what /cgi-bin/info says."""
    return [line.partition(" ")[2].strip() for line in text.splitlines() if line.split()[0] == key]


@pytest.mark.cost(15, telling=1)
@pytest.mark.parametrize("firmware", ["bios", "uefi"])
def test_small_answers_with_its_name(box, guest_image, workdir, firmware):
    seed = write_seed(workdir / "seed.iso", "ada")
    guest = box(disks=[Disk(guest_image("small")), Disk(seed, format="raw")], memory=192,
                firmware=firmware, forwards={"web": 80}, restrict=True)
    assert guest.http_get("web", timeout=400) == "hello from ada\n"
    print(f"first answer {guest.seconds():.1f} s after power-on")
    info = guest.http_get("web", "/cgi-bin/info", timeout=240)
    assert values(info, "instance") == ["iid-ada"]
    assert any("10.0.2.15/24" in nic for nic in values(info, "nic"))
    guest.powerdown(timeout=240)


@pytest.mark.cost(15)
def test_small_reads_a_seed_on_a_cdrom(box, guest_image, workdir):
    seed = write_seed(workdir / "seed.iso", "grace", user_data="#cloud-config\nruncmd: []\n")
    guest = box(disks=[Disk(guest_image("small")), Disk(seed, bus="cdrom")], memory=128,
                forwards={"web": 80}, restrict=True)
    assert guest.http_get("web", timeout=400) == "hello from grace\n"
    guest.powerdown(timeout=240)


@pytest.mark.cost(15)
def test_small_without_a_seed_is_a_guest_all_the_same(box, guest_image):
    guest = box(disks=[Disk(guest_image("small"))], memory=128, forwards={"web": 80},
                restrict=True)
    assert guest.http_get("web", timeout=400) == "hello from guest\n"
    guest.powerdown(timeout=240)


@pytest.mark.cost(15, telling=3)
def test_small_has_a_shell_on_its_console(box, guest_image):
    guest = box(disks=[Disk(guest_image("small"))], memory=128, nic="")
    guest.wait_for_serial("Please press Enter", timeout=400)
    greeted = len(guest.serial[0].text)
    guest.serial[0].write("\n")
    guest.wait_for_serial("# ", timeout=240, start=greeted)
    guest.serial[0].write("echo sum $((40 + 2))\n")
    guest.wait_for_serial(r"^sum 42", timeout=240)


@pytest.mark.cost(30, telling=3)
@pytest.mark.parametrize("cpu,said", [("max", ["svm", "/dev/kvm"]), ("max,-svm", ["none", "none"])])
def test_small_tells_whether_it_can_have_guests(box, guest_image, cpu, said):
    guest = box(disks=[Disk(guest_image("small"))], memory=128, cpu=cpu, forwards={"web": 80},
                restrict=True)
    guest.http_get("web", timeout=400)
    text = guest.http_get("web", "/cgi-bin/kvm", timeout=400)
    assert values(text, "flag") + values(text, "kvm") == said, text


@pytest.mark.cost(1, telling=3)
def test_digest_beside_the_image_is_its_own(guest_image):
    image = guest_image("small")
    said = image.with_name(image.name + ".sha256").read_text().split()
    assert said == [hashlib.sha256(image.read_bytes()).hexdigest(), image.name]
    assert image.stat().st_size < 20 * 2**20


PROOF = """#cloud-config
hostname: curie
write_files:
  - {path: /srv/www/proof, content: "written by cloud-init\\n"}
"""


@pytest.mark.cost(150, telling=2)
def test_debian_obeys_its_seed_by_the_real_cloud_init(box, guest_image, workdir):
    if os.geteuid() != 0:
        pytest.skip("the Debian guest image is made with mmdebstrap, which needs root here")
    seed = write_seed(workdir / "seed.iso", "curie", user_data=PROOF)
    guest = box(disks=[Disk(guest_image("debian")), Disk(seed, format="raw")], memory=512, cpus=2,
                forwards={"web": 80}, restrict=True)
    assert guest.http_get("web", timeout=900) == "hello from curie\n"
    print(f"first answer {guest.seconds():.1f} s after power-on")
    guest.wait_for_serial(r"Cloud-init v.* finished at .*DataSourceNoCloud", timeout=600)
    assert guest.http_get("web", "/proof", timeout=240) == "written by cloud-init\n"
    guest.powerdown(timeout=240)
