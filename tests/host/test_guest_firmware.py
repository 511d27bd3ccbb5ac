"""What a guest starts with: Secure Boot with its keys, and a TPM. Guests are emulated; they tell
themselves what they find (/cgi-bin/trust of the small guest image).
"""

import re
import subprocess

import pytest

from container import wait_for
from described import ALLOW, NETWORK, POOL, describe, image_digest, image_section
from trees import guest_image

pytestmark = pytest.mark.kernel("bridge", "tun", "nft_nat")

ADDRESS = "10.20.0.20"
VARIABLES = "/var/lib/libvirt/qemu/nvram"
ESP = 63 * 512  # where recipes/guest/image.py begins it
SHIM, LOADER, KERNEL = "EFI/BOOT/BOOTX64.EFI", "EFI/BOOT/grubx64.efi", "vmlinuz"


def guest(*more: str) -> str:
    lines = [
        "virtualization: emulated",
        "firmware: uefi",
        "memory: 256MiB",
        "disks: {root: {image: small, size: 64MiB}}",
        f"nics: {{lab: {{network: lab, address: {ADDRESS}}}}}",
        "cloud_init: {}",
        "on_change: restart",
        "state: running",
        *more,
    ]
    return "guests:\n  safe:\n" + "".join(f"    {line}\n" for line in lines)


def site(*more: str) -> str:
    return describe(NETWORK, POOL, image_section(image_digest()), guest(*more))


def trust(house, timeout: float = 600.0) -> dict[str, str]:
    """What the guest says it finds, once it serves."""

    def ask() -> str:
        url = f"http://{ADDRESS}/cgi-bin/trust"
        return house.container.run("curl", "-sf", "-m", "20", url, check=False).stdout

    said = wait_for("the guest's web server", ask, timeout)
    return dict(line.split(" ", 1) for line in said.splitlines())


def boot_again(house) -> dict[str, str]:
    house.switch_off("safe")
    house.gasthof("apply")
    return trust(house)


@pytest.mark.cost(90, telling=1)
def test_secure_boot_and_a_tpm_are_there_and_keep_what_they_know(house):
    """One guest through its life: plain UEFI, then Secure Boot and a TPM, a restart, forgotten and
    described again."""
    house.apply(site())
    first = trust(house)
    assert first["firmware"] == "uefi" and first["tpm"] == "none"
    assert first["secure_boot"] in ("", "0")

    house.apply(site("secure_boot: true", "tpm: true"), *ALLOW)
    house.assert_settled()
    safe = trust(house)
    assert (safe["secure_boot"], safe["setup_mode"], safe["tpm"]) == ("1", "0", "2")
    xml = house.out("virsh", "dumpxml", "safe")
    assert "secure='yes'" in xml and "OVMF_CODE_4M.ms.fd" in xml and "<smm state='on'/>" in xml

    again = boot_again(house)
    assert again["secure_boot"] == "1"
    assert int(again["tpm_starts"]) == int(safe["tpm_starts"]) + 1
    assert int(again["firmware_starts"]) > int(safe["firmware_starts"])

    house.switch_off("safe")
    kept = house.contents(VARIABLES, "/var/lib/libvirt/swtpm")
    house.apply(describe(NETWORK, POOL), *ALLOW)
    assert house.domains() == []
    left = house.contents(VARIABLES, "/var/lib/libvirt/swtpm")
    assert left.keys() >= {name for name in kept if name.endswith(("safe.fd", "permall"))}
    assert left.keys() >= {f"{VARIABLES}/safe_VARS.secure.fd"}
    house.apply(site("secure_boot: true", "tpm: true"))
    last = trust(house)
    assert last["secure_boot"] == "1"
    assert int(last["tpm_starts"]) == int(again["tpm_starts"]) + 1
    assert int(last["firmware_starts"]) > int(again["firmware_starts"])
    house.assert_settled()


def mtools(command: str, disk, *more) -> bytes:
    argv = [command, "-i", f"{disk}@@{ESP}", *more]
    return subprocess.run([str(word) for word in argv], check=True, stdout=subprocess.PIPE).stdout


def tampered(folder, file: str) -> bytes:
    """The small guest's disk with one bit turned over in the middle of one of its files."""
    disk, copy = folder / "disk.raw", folder / "file"
    convert = ["qemu-img", "convert", "-O", "raw", guest_image(), disk]
    subprocess.run([str(word) for word in convert], check=True)
    data = bytearray(mtools("mtype", disk, f"::/{file}"))
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    mtools("mcopy", disk, "-o", copy, f"::/{file}")
    return disk.read_bytes()


@pytest.mark.parametrize(
    "file, refusal",
    [
        (SHIM, "Access Denied"),  # by the firmware
        (LOADER, "Security Violation|Security Policy Violation"),  # by the shim
        (KERNEL, "Security Violation|Security Policy Violation|Access denied"),  # by the loader
    ],
)
@pytest.mark.cost(30, telling=1)
def test_what_was_changed_after_it_was_signed_is_refused(house, tmp_path, file, refusal):
    name = "stranger"
    path = f"/var/tmp/{name}.raw"
    house.container.put(path, tampered(tmp_path, file))
    text = guest("secure_boot: true", f"serial: {{log: /var/log/{name}.log}}")
    text = text.replace("  safe:", f"  {name}:").replace("    cloud_init: {}\n", "")
    text = text.replace("{image: small, size: 64MiB}", f"{{path: {path}, format: raw}}")
    house.apply(describe(NETWORK, POOL, text), *ALLOW)
    log = ["cat", f"/var/log/{name}.log"]
    try:
        said = wait_for(
            f"the refusal of {file}",
            lambda: re.search(refusal, house.out(*log, check=False), re.IGNORECASE),
            400,
        )
        assert "serving" not in said.string
    finally:
        print(house.out(*log, check=False))
        house.switch_off(name)
        house.apply(describe(NETWORK, POOL), *ALLOW)
