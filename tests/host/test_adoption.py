"""What people run already is taken over as it runs; and what gets in the way of that is said."""

import re

import pytest

from described import DESCRIPTION, EXIT_REFUSED, EXIT_WRONG

pytestmark = [pytest.mark.cost(25, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]

NETWORK = """<network><name>lab</name><forward mode='nat'/><bridge name='virbr9'/>
<ip address='10.79.0.1' netmask='255.255.255.0'/><portgroup name='other'/>
<portgroup name='plain' default='yes' trustGuestRxFilters='yes'/></network>"""
# Bodies of machines that differ in what libvirt makes of them when they start; name -> XML.
RUNNING = {
    "host-model": "<vcpu>1</vcpu>{pc}<cpu mode='host-model' check='partial'/><devices/>",
    "minimum": "<vcpu>1</vcpu>{q35}<cpu mode='custom' match='minimum'><model>486</model></cpu><devices/>",
    "fallback": """<vcpu current='1'>4</vcpu>{q35}<cpu mode='custom' match='exact'>
        <model fallback='allow'>Nehalem</model><topology sockets='1' cores='2' threads='2'/><feature policy='disable' name='svm'/>
        <feature policy='optional' name='vmx'/></cpu><devices/>""",
    "strict": """<vcpu>1</vcpu>{pc}<cpu mode='custom' match='strict'>
        <model fallback='forbid'>qemu64</model></cpu><devices/>""",
    "cells": """<maxMemory slots='4' unit='MiB'>1024</maxMemory><vcpu>2</vcpu>{q35}<cpu><numa>
        <cell cpus='0' memory='48' unit='MiB'/><cell cpus='1' memory='48' unit='MiB'/></numa></cpu><devices>
        <memory model='dimm'><target><size unit='MiB'>128</size><node>1</node></target></memory></devices>""",
    "controllers": """<vcpu>1</vcpu><iothreads>2</iothreads>{q35}<devices>
        <controller type='scsi' index='0' model='virtio-scsi'><driver queues='2' iothread='1'/></controller>
        <controller type='virtio-serial' index='0' ports='8'/><controller type='usb' model='nec-xhci'/>
        <controller type='pci' index='1' model='pcie-root-port'/>
        <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
        <channel type='unix'><source mode='bind'/><target type='virtio' name='org.example.b'/></channel>
        <channel type='pty'><target type='virtio' name='org.example.c'/></channel>
        <serial type='file'><source path='/var/log/c.log'/></serial><console type='pty'><target type='virtio'/>
        </console><redirdev bus='usb' type='unix'><source mode='bind' path='/var/lib/libvirt/qemu/redir'/>
        </redirdev><hub type='usb'/></devices>""",
    "screen": """<vcpu>1</vcpu>{pc}<devices><graphics type='vnc' port='-1' passwd='geheim'><listen type='socket'/>
        </graphics><video><model type='virtio' heads='1'/></video><input type='tablet' bus='usb'/>
        <sound model='ich6'/><memballoon model='virtio' autodeflate='on'><stats period='10'/></memballoon>
        </devices>""",
    "threads": """<vcpu>1</vcpu><iothreads>3</iothreads><iothreadids><iothread id='2'/><iothread id='4'/>
        <iothread id='7'/></iothreadids>{q35}<devices><disk type='file'><driver name='qemu' type='qcow2'
        iothread='4' cache='none' io='native'/><source file='/srv/disks/a.qcow2'/><target dev='vda' bus='virtio'/>
        <iotune><total_bytes_sec>1000000</total_bytes_sec><read_iops_sec>100</read_iops_sec>
        <read_iops_sec_max>200</read_iops_sec_max></iotune><serial>A-1</serial></disk>
        <disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk></devices>""",
    "nics": """<vcpu>1</vcpu>{pc}<devices><interface type='network'><source network='lab' portgroup='other'/>
        <model type='virtio'/><driver name='qemu' queues='1'/></interface><interface type='network'>
        <source network='lab'/><link state='down'/><model type='virtio'/></interface>
        <interface type='user'><model type='e1000'/><rom enabled='no'/></interface></devices>""",
    "safe": """<vcpu>1</vcpu>{q35}<devices><tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>
        <rng model='virtio'><rate bytes='1000' period='2000'/><backend model='random'>/dev/urandom</backend></rng>
        <panic model='isa'/><watchdog model='i6300esb' action='poweroff'/></devices><seclabel type='none'/>""",
}
MACHINES = {name: f"<os><type arch='x86_64' machine='{name}'>hvm</type></os><features><acpi/><apic/></features>"
            for name in ("pc", "q35")}
# What other managers keep in a domain; they go on finding it.
METADATA = {
    "tf": "<t:x xmlns:t='http://example.org/terraform'><t:id>abc</t:id></t:x>",
    "ovirt": """<ovirt-tune:qos xmlns:ovirt-tune='http://ovirt.org/vm/tune/1.0'/>
        <ovirt-vm:vm xmlns:ovirt-vm='http://ovirt.org/vm/1.0'><ovirt-vm:clusterVersion>4.3</ovirt-vm:clusterVersion>
        </ovirt-vm:vm>""",
    "osinfo": """<o:libosinfo xmlns:o='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
        <o:os id='http://debian.org/debian/12'/></o:libosinfo>""",
}
# Names that are something else in YAML, in XML, or in a path of ours.
NAMES = ("true", "123", "~", "null", "1.5", "0x10", "- a", "a: b", "#x", "käse 名前", "x" * 200, "a'b\"c", "a&<b>", "*",
         "!x", "%y", "@z", "[a]", "{b}", "a\\b", "=", "<<", "A", "web.1", "web_1")
MARK = re.compile(r"\s*<metadata>\s*<gasthof:item[^>]*/>\s*</metadata>|\s*<gasthof:item.*?(?:/>|</gasthof:item>)", re.S)
PLAIN = "<memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os>"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def virsh(house, *words: str, xml: str | None = None) -> str:
    return house.container.run("virsh", *words, input=xml, timeout=180).stdout


def define(house, name: str, body: str = PLAIN, metadata: str = "") -> None:
    metadata = f"<metadata>{metadata}</metadata>" if metadata else ""
    xml = f"<domain type='qemu'><name>{escaped(name)}</name>{metadata}{body}</domain>"
    virsh(house, "define", "/dev/stdin", xml=xml)


def look(house, *names: str) -> dict[str, str]:
    """Their definitions without our mark, of those that run both, and their processes."""
    seen = {}
    for name in names:
        seen[name] = MARK.sub("", virsh(house, "dumpxml", "--inactive", "--security-info", name))
        if name in RUNNING:
            seen[f"{name} runs"] = MARK.sub("", virsh(house, "dumpxml", "--security-info", name))
            seen[f"{name} is"] = house.out("cat", f"/run/libvirt/qemu/{name}.pid")
    return seen


def export(house) -> str:
    text = house.container.run("gasthof", "export", timeout=180).stdout
    house.container.put(DESCRIPTION, text)
    return text


@pytest.fixture(scope="module")
def lived_in(house):
    house.out("sh", "-c", "mkdir -p /srv/disks; for name in a snap saved; do "
              "qemu-img create -q -f qcow2 /srv/disks/$name.qcow2 8M; done")
    virsh(house, "net-define", "/dev/stdin", xml=NETWORK)
    virsh(house, "net-start", "lab")
    for name, body in RUNNING.items():
        define(house, name, "<memory unit='MiB'>96</memory>" + body.format(**MACHINES))
        virsh(house, "start", "--paused", name)
    return house


def test_what_runs_is_taken_over_as_it_runs(lived_in):
    before = look(lived_in, *RUNNING)
    text = export(lived_in)
    assert "geheim" not in text
    lived_in.gasthof("validate", DESCRIPTION)
    lived_in.gasthof("adopt", "all")
    assert look(lived_in, *RUNNING) == before
    assert "no changes" in lived_in.gasthof("plan")
    for name in RUNNING:
        for flags in ([], ["--inactive"]):
            assert "<gasthof:item" in virsh(lived_in, "dumpxml", *flags, name)


def test_what_others_keep_in_it_stays(lived_in):
    for name, metadata in METADATA.items():
        define(lived_in, name, metadata=metadata)
    before = look(lived_in, *METADATA)
    export(lived_in)
    lived_in.gasthof("adopt", "guests")
    assert look(lived_in, *METADATA) == before
    assert "no changes" in lived_in.gasthof("plan")


def test_every_name_of_libvirt_s_has_one_of_ours(lived_in):
    for name in NAMES:
        define(lived_in, name)
    before = look(lived_in, *NAMES)
    export(lived_in)
    lived_in.gasthof("adopt", "guests")
    assert look(lived_in, *NAMES) == before
    assert "no changes" in lived_in.gasthof("plan")
    for name in NAMES:
        assert "<gasthof:item" in virsh(lived_in, "dumpxml", name)


def test_saved_memory_and_snapshots_stay(lived_in):
    disk = "<devices><disk type='file'><driver name='qemu' type='qcow2'/><source file='/srv/disks/{}.qcow2'/>" \
           "<target dev='vda' bus='virtio'/></disk></devices>"
    for name in ("snap", "saved"):
        define(lived_in, name, PLAIN + disk.format(name))
    virsh(lived_in, "snapshot-create-as", "snap", "one")
    virsh(lived_in, "start", "saved")
    virsh(lived_in, "managedsave", "saved")
    export(lived_in)
    lived_in.gasthof("adopt", "guests")
    assert "no changes" in lived_in.gasthof("plan")
    assert "one" in virsh(lived_in, "snapshot-list", "--name", "snap")
    assert "saved" in virsh(lived_in, "list", "--all", "--with-managed-save", "--name").split()
    virsh(lived_in, "start", "saved")  # what was saved knows nothing of us
    assert "no changes" in lived_in.gasthof("plan")
    virsh(lived_in, "snapshot-revert", "snap", "one")  # nor does what was there before
    assert "gasthof adopt guests/snap" in lived_in.gasthof("plan", status=EXIT_REFUSED)
    lived_in.gasthof("adopt", "guests/snap")
    assert "no changes" in lived_in.gasthof("plan")


def test_what_cannot_be_taken_over_is_told(lived_in):
    """After all others, whose guests it leaves alone."""
    virsh(lived_in, "create", "/dev/stdin", "--paused",
          xml=f"<domain type='qemu'><name>fleeting</name>{PLAIN}</domain>")
    assert "guests.fleeting is left out: it is gone once it is stopped" in export(lived_in)
    told = lived_in.gasthof("adopt", "guests/fleeting", status=EXIT_WRONG)
    assert 'the description has no "guests/fleeting"' in told and "gasthof export guests/fleeting" in told
    assert 'there is no kind "minimum"' in lived_in.gasthof("adopt", "minimum", status=EXIT_WRONG)
    assert "gasthof's already" in lived_in.gasthof("adopt", "guests/minimum", status=EXIT_REFUSED)
    assert "gasthof's already" in lived_in.gasthof("adopt", "guests.minimum", status=EXIT_REFUSED)
    lived_in.container.put("/root/one.yaml", "gasthof: 1\nguests:\n  fleeting: {virtualization: emulated, memory: 64MiB}\n"
                           "  nowhere: {virtualization: emulated}\n")
    told = lived_in.gasthof("adopt", "guests/fleeting", "/root/one.yaml", status=EXIT_REFUSED)
    assert 'the domain "fleeting" is not there to stay' in told
    assert "gasthof" not in virsh(lived_in, "dumpxml", "fleeting")
    assert "guests.nowhere is not there" in lived_in.gasthof("adopt", "guests/nowhere", "/root/one.yaml", status=EXIT_REFUSED)
