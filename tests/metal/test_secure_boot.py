"""Secure Boot on the host: media signed with a site's own key, and kernel arguments that come by signed
addons, on trial like any other. B7.

The site is Debian's snakeoil: its certificate is what the firmware of these machines knows."""

import pytest

from light import TREE, best_qemu, call, make_key
from rebooting import START_SECONDS, Rebooting, credential

ADDONS = "/etc/gasthof/addons"


def wish(*args):
    return "gasthof: 1\nhost: {name: metal}\nkernel: {args: {%s}}\n" % ", ".join(args)


def site(folder):
    """The arguments that sign with the key whose certificate the firmware knows."""
    made = best_qemu().ovmf().parent / "ovmf"
    key = folder / "site.key"
    call(["openssl", "rsa", "-in", made / "PkKek-1-snakeoil.key", "-passin", "pass:snakeoil",
          "-out", key], "openssl")
    return ["--key", key, "--certificate", made / "PkKek-1-snakeoil.pem"]


def stranger(folder):
    """The same with a key that no firmware knows."""
    key, certificate = folder / "stranger.key", folder / "stranger.pem"
    call(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=stranger",
          "-days", "1000", "-keyout", key, "-out", certificate], "openssl")
    return ["--key", key, "--certificate", certificate]


def addon(signer, out, *words):
    call([TREE / "installer" / "addon", "--trial", *signer, "-o", out, *words], "addon")
    return out


def without_signature(file, out):
    out.write_bytes(file.read_bytes())
    call(["sbattach", "--remove", out], "sbattach")
    return out


@pytest.fixture
def medium(appliance_image, workdir):
    """Signed by the site; a stranger's addon was stamped along with the description."""
    text = workdir / "host.yaml"
    text.write_text("gasthof: 1\nhost: {name: metal}\n")
    theirs = addon(stranger(workdir), workdir / "stranger.addon.efi", "mitigations=auto")
    out = workdir / "disk.raw"
    call([TREE / "installer" / "stamp", appliance_image, text, "-o", out, "--size", "6G",
          *site(workdir), "--file", f"{theirs}:addons/a-stranger.addon.efi"], "stamping")
    return out


def refusal(host):
    done = host.ssh("gasthof", "plan", check=False, timeout=300)
    assert done.returncode == 4, done.stdout + done.stderr
    return done.stderr


@pytest.mark.cost(300, telling=2)
def test_kernel_arguments_by_signed_addons(box, medium, workdir):
    key = make_key(workdir)
    host = box(kind=Rebooting, medium=medium, key=key, reboots=True, extra=credential(key),
               firmware="uefi-secure")
    host.wait_for_ssh(START_SECONDS)
    print(f"up {host.seconds():.0f} s after power-on")
    assert "EFI variable SecureBoot is 1" in host.says("gasthof check -o json")
    own = host.says("cat /proc/cmdline")
    first = host.boot()

    # Nobody who may has said it: refused, with what to do.
    host.describe(wish("mitigations: auto", "nosmt: true"))
    said = refusal(host)
    assert f"no signed addon in {ADDONS} says +mitigations=auto +nosmt" in said
    assert ("installer/addon --trial --key KEY --certificate CERTIFICATE -o NAME.addon.efi "
            "mitigations=auto nosmt") in said
    assert "a-stranger.addon.efi says mitigations=auto" in said
    assert host.boot() == first

    # Signed, by somebody whom the firmware does not know: only the boot can tell.
    host.apply(wish("mitigations: auto"))
    second = host.wait_boot([first], "!mitigations=auto")
    print(f"back {host.seconds():.0f} s after power-on")
    assert host.says("cat /proc/cmdline") == own
    host.wait_fault("+mitigations=auto", "not signed with a key that it knows")

    # By the site; without its signature it is none.
    good = addon(site(workdir), workdir / "good.addon.efi", "mitigations=auto", "nosmt")
    host.describe(wish("mitigations: auto", "nosmt: true"))
    host.put(without_signature(good, workdir / "bare.addon.efi"), f"{ADDONS}/good.addon.efi")
    assert "good.addon.efi says mitigations=auto nosmt, and is not signed" in refusal(host)
    host.put(good, f"{ADDONS}/good.addon.efi")
    host.apply(wish("mitigations: auto", "nosmt: true"))
    third = host.wait_boot([first, second], "=mitigations=auto nosmt")
    host.wait_kept()
    print(f"kept {host.seconds():.0f} s after power-on")
    line = host.says("cat /proc/cmdline")
    assert line.startswith(f"{own} mitigations=auto nosmt gasthof.trial=")
    assert "0" in host.says("cat /sys/devices/system/cpu/smt/active")
    left = host.says("cd /efi && ls loader/entries EFI/gasthof")
    number = line.split("gasthof.trial=")[1].split()[0]
    assert left.count(f"-{number}") == 3, left  # its entry, its copy and its folder of addons
    assert left.count("gasthof-") == 5, left  # and the image's own two: no other
    assert host.boot() == third
