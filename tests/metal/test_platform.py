"""A machine is looked at before anything is asked of it: by a medium without a description, and
where a description asks for what the machine cannot do (A1, A2, A24, A27; PIT1, PIT6, PIT7)."""

import base64
import json

import pytest

from light import TREE, Appliance, call, make_key

GUEST = "gasthof: 1\nguests:\n  web:\n    memory: 64MiB\n    state: running\n"
DEVICE = "gasthof: 1\nrequire:\n  capabilities: [iommu, interrupt_remapping]\nhost: {name: other}\n"
IOMMU = ["-device", "intel-iommu,intremap=off"]


def credential(key):
    """What QEMU is told so that the firmware hands the key to systemd, which gives it to root."""
    text = base64.b64encode(key.with_suffix(".pub").read_bytes()).decode()
    return ["-smbios", f"type=11,value=io.systemd.credential.binary:ssh.authorized_keys.root={text}"]


def bare(image, out, options=""):
    """A medium without a description."""
    more = ["--options", options] if options else []
    call([TREE / "installer" / "stamp", image, "--bare", "-o", out, "--size", "6G", *more],
         "stamping")
    return out


def on_medium(medium, name):
    """A file of the medium's ESP, read from outside when the machine is off."""
    table = json.loads(call(["sfdisk", "--json", medium], "sfdisk"))["partitiontable"]
    esp = next(part for part in table["partitions"]
               if part["type"].lower() == "c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
    return call(["mtype", "-i", f"{medium}@@{esp['start'] * 512}", f"::/gasthof/{name}"], "mtype")


def states(report):
    return {one["id"]: one for one in json.loads(report)["capabilities"]}


def put(host, name, text):
    host.ssh(f"printf %s {base64.b64encode(text.encode()).decode()} | base64 -d >/run/{name}")


@pytest.mark.cost(200, telling=1)
def test_a_machine_that_cannot_is_told_before_anything_is_tried(box, appliance_image, workdir):
    key = make_key(workdir)
    medium = bare(appliance_image, workdir / "bare.raw", "intel_iommu=on")
    host = box(kind=Appliance, medium=medium, key=key, accel="tcg,thread=multi", cpu="max,-svm",
               extra=credential(key) + IOMMU)

    # The report stands on the console, with nobody asking.
    host.wait_for_serial(r"no description \(/etc/gasthof/host.yaml\)", timeout=600)
    host.wait_for_serial(r"off in firmware +interrupt_remapping: enable \"Interrupt Remapping\"",
                         timeout=240)
    host.wait_for_serial(r"absent +vt, ", timeout=240)
    host.wait_for_ssh()
    host.ssh("systemctl", "start", "gasthof-report.service", timeout=240)  # until it is done
    report = host.ssh("cat", "/run/gasthof/hardware.json").stdout
    machine = json.loads(report)["machine"]
    assert (machine["sockets"], machine["cores"], machine["threads"]) in ((1, 2, 2), (2, 2, 2))
    assert machine["firmware"] == "uefi" and machine["numa_nodes"] == 1
    assert 1800 << 20 < machine["memory_bytes"] < 2048 << 20
    seen = states(report)
    assert seen["vt"]["state"] == seen["kvm"]["state"] == "absent"
    assert "SVM Mode" in seen["vt"]["remedy"]
    assert seen["iommu"]["state"] == "present", seen["iommu"]
    assert seen["interrupt_remapping"]["state"] == "off in firmware"
    assert seen["uefi"]["state"] == seen["kernel_version"]["state"] == "present"
    assert seen["secure_boot"]["state"] in ("absent", "off in firmware")
    assert seen["interrupt_remapping"]["remedy"].startswith("enable \"Interrupt Remapping\"")
    for one in ("config_kvm", "config_iommu", "tun", "vhost_net", "nat", "vfio", "cgroup2",
                "qemu_version", "libvirt_version"):
        assert seen[one]["state"] == "present", seen[one]

    # What a description needs of it: refused at its place, and nothing is done.
    put(host, "guest.yaml", GUEST)
    put(host, "device.yaml", DEVICE)
    done = host.ssh("gasthof check /run/guest.yaml", check=False, timeout=120)
    assert done.returncode == 4
    assert "/run/guest.yaml:3:3: error: this machine lacks kvm (KVM)" in done.stderr
    assert "SVM Mode" in done.stderr
    done = host.ssh("gasthof apply /run/device.yaml", check=False, timeout=120)
    assert done.returncode == 4, done.stderr
    assert "lacks interrupt_remapping (interrupt remapping), off in the firmware" in done.stderr
    assert "lacks iommu" not in done.stderr
    assert host.ssh("uname", "-n").stdout.strip() == "gasthof"
    assert "hostname_set" not in host.ssh("gasthof history", timeout=120).stdout

    host.powerdown(timeout=240)
    assert states(on_medium(medium, "hardware.json")) == seen
    assert "to do: enable \"Interrupt Remapping\"" in on_medium(medium, "hardware.txt")
