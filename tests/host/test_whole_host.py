"""A whole host that people made with virsh: described, taken over, and nothing is left to do."""

import re

import pytest

from described import ALLOW, DESCRIPTION, EXIT_REFUSED, site

pytestmark = [pytest.mark.cost(6, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]

NETWORKS = (
    """<network><name>old</name><forward mode='nat'/><bridge name='virbr9'/><domain name='old.test'/>
    <ip address='10.79.0.1' netmask='255.255.255.0'>
    <dhcp><range start='10.79.0.2' end='10.79.0.99'/><host mac='52:54:00:79:00:05' ip='10.79.0.5'/></dhcp></ip></network>""",
    "<network><name>Hand Bridge</name><forward mode='bridge'/><bridge name='hand1'/></network>",
    "<network><name>off</name><bridge name='virbr8'/><ip address='10.78.0.1' netmask='255.255.255.0'/></network>",
)
# A server with all kinds of devices, one with firmware and a TPM, one that is off, one that is called alike.
DOMAINS = (
    """<domain type='qemu'><name>Mail Server</name><title>the mail</title>
    <metadata><app:x xmlns:app='urn:app:1' kept='yes'/></metadata>
    <memory unit='KiB'>100001</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='q35'>hvm</type></os>
    <features><acpi/><apic/></features><clock offset='localtime'><timer name='rtc' tickpolicy='catchup'/></clock>
    <devices><serial type='pty'/><console type='pty'/>
    <interface type='network'><mac address='52:54:00:79:00:05'/><source network='old'/><model type='virtio'/></interface>
    <interface type='network'><source network='Hand Bridge'/><link state='down'/></interface>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='/srv/disks/mail.qcow2'/>
    <target dev='vda' bus='virtio'/><boot order='1'/></disk>
    <disk type='volume' device='disk'><driver name='qemu' type='raw'/><source pool='files' volume='data.raw'/>
    <target dev='sda' bus='scsi'/><serial>DATA1</serial></disk>
    <disk type='file' device='cdrom'><target dev='sdb' bus='sata'/><readonly/></disk>
    <controller type='scsi' model='virtio-scsi'/>
    <graphics type='vnc' port='-1' passwd='geheim'><listen type='address' address='127.0.0.1'/></graphics>
    <video><model type='vga'/></video><input type='tablet' bus='usb'/><sound model='ich9'/>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng><watchdog model='i6300esb' action='reset'/>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel></devices></domain>""",
    """<domain type='qemu'><name>secure</name><memory unit='MiB'>200</memory>
    <vcpu current='1'>2</vcpu><os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type></os>
    <features><acpi/><smm state='on'/></features><cpu mode='host-model'/><devices><tpm model='tpm-crb'>
    <backend type='emulator' version='2.0'/></tpm><interface type='bridge'><source bridge='hand1'/></interface></devices></domain>""",
    """<domain type='qemu'><name>mail-server</name><memory unit='MiB'>96</memory>
    <currentMemory unit='MiB'>64</currentMemory><vcpu cpuset='0'>1</vcpu>
    <cputune><shares>300</shares></cputune><os><type arch='x86_64' machine='pc'>hvm</type><bootmenu enable='yes'/></os>
    <cpu mode='custom' match='exact'><model>qemu64</model><feature policy='disable' name='svm'/></cpu>
    <on_reboot>destroy</on_reboot><devices><interface type='user'/><memballoon model='none'/></devices></domain>""",
)
RUNNING = ("Mail Server", "secure")
OURS = re.compile(r"\s*<metadata>\s*<gasthof:item[^>]*/>\s*</metadata>|\s*<gasthof:item.*?(?:/>|</gasthof:item>)", re.S)


def virsh(house, *words: str, xml: str | None = None) -> str:
    return house.container.run("virsh", *words, input=xml, timeout=400).stdout


@pytest.fixture(scope="module")
def lived_in(house):
    run = house.container.run
    run("sh", "-c", "ip link add hand1 type bridge; mkdir -p /srv/disks /srv/files;"
        "qemu-img create -q -f qcow2 /srv/disks/mail.qcow2 64M; truncate --size=8M /srv/files/data.raw")
    virsh(house, "pool-define-as", "files", "dir", "--target", "/srv/files")
    virsh(house, "pool-start", "files")
    virsh(house, "pool-autostart", "files")
    virsh(house, "pool-define-as", "off", "dir", "--target", "/srv/disks")
    for network in NETWORKS:
        virsh(house, "net-define", "/dev/stdin", xml=network)
    virsh(house, "net-autostart", "old")
    for name in ("old", "Hand Bridge"):
        virsh(house, "net-start", name)
    for domain in DOMAINS:
        virsh(house, "define", "/dev/stdin", xml=domain)
    for name in RUNNING:
        virsh(house, "start", name)
    virsh(house, "autostart", "secure")
    return house


def look(house) -> dict[str, str]:
    """What a person made, as libvirt tells it, without our mark."""
    seen = {"running": house.out("pgrep", "--list-full", "--full", "qemu-system.*guest=")}
    for name in house.out("virsh", "list", "--all", "--name").splitlines():
        for flags in (["--security-info"], ["--security-info", "--inactive"]) if name else ():
            seen[f"{name} {flags}"] = OURS.sub("", house.out("virsh", "dumpxml", *flags, name))
    for kind in ("net", "pool"):
        seen[kind] = house.out("virsh", f"{kind}-list", "--all")
        for name in house.out("virsh", f"{kind}-list", "--all", "--name").splitlines():
            if name.strip():
                seen[f"{kind} {name}"] = house.out("virsh", f"{kind}-dumpxml", "--inactive", name.strip())
    return seen


@pytest.fixture(scope="module")
def described(lived_in):
    """Exported: nothing is changed by that, and the host's own description is what came out."""
    before = lived_in.contents("/etc", "/var/lib/gasthof"), look(lived_in)
    done = lived_in.container.run("gasthof", "export", timeout=400)
    assert (lived_in.contents("/etc", "/var/lib/gasthof"), look(lived_in)) == before
    lived_in.container.put(DESCRIPTION, done.stdout)
    return done.stdout


def test_it_is_a_description_without_passwords(lived_in, described):
    lived_in.gasthof("validate", DESCRIPTION)
    assert "geheim" not in described and "*****" not in described
    assert "\n# guests.mail-server-2 has a password for its screen" in f"\n{described}"
    assert '# guests are plugged into the host\'s "hand1", which is left out' in described
    assert "gasthof: 1\n" in described


def test_all_that_differs_is_whose_it_is(lived_in, described):
    plan = lived_in.json("plan", status=EXIT_REFUSED)
    assert [item["item"] for item in plan["items"] if item["differs"] or item["steps"]] == []
    named = {item["item"] for item in plan["items"]}
    assert named >= {"guests.mail-server", "guests.mail-server-2", "guests.secure", "libvirt.pools.off",
                     "libvirt.networks.hand-bridge", "libvirt.networks.old", "libvirt.pools.files",
                     "libvirt.volumes.files-data-raw"}


def test_taken_over_nothing_is_left_to_do(lived_in, described):
    before = look(lived_in)
    lived_in.gasthof("adopt", "all")
    assert look(lived_in) == before
    lived_in.assert_settled()
    assert "done, 0 steps" in lived_in.apply(None, *ALLOW)  # what needed no adoption goes into the ledger
    assert "no changes" in lived_in.apply(None, *ALLOW)
    assert "no changes" in lived_in.gasthof("adopt", "all")
    assert look(lived_in) == before


def test_what_is_ours_is_exported_as_it_was_given(lived_in, described):
    """After it was taken over."""
    lived_in.container.put(DESCRIPTION, lived_in.container.run("gasthof", "export", timeout=400).stdout)
    lived_in.assert_settled()


def test_one_of_it_is_exported_alone(lived_in):
    one = lived_in.gasthof("export", "guests/secure")
    assert one.startswith("gasthof: 1\nguests:\n  secure:\n") and "mail" not in one
    assert "there is no guests/none" in lived_in.gasthof("export", "guests/none", status=1)


def test_a_change_afterwards_is_one_of_ours(lived_in, described):
    """After it was taken over: the guest keeps its password, its metadata and all that nobody described."""
    text = lived_in.container.run("cat", DESCRIPTION).stdout
    assert "title: the mail\n" in text
    lived_in.apply(text.replace("title: the mail\n", "title: our mail\n"), *ALLOW)
    xml = lived_in.out("virsh", "dumpxml", "--inactive", "--security-info", "Mail Server")
    assert "<title>our mail</title>" in xml and "passwd='geheim'" in xml and "kept=" in xml


@pytest.mark.cost(30, telling=2)
def test_what_gasthof_made_is_exported_as_it_was_described(new_house):
    """And not what follows from it: volumes of guests, their pool, the firewall, sysctls."""
    new_house.apply(site())
    text = new_house.container.run("gasthof", "export", timeout=400).stdout
    keys = {line.split(":")[0] for line in text.splitlines() if line and line[0] not in " #"}
    assert keys == {"gasthof", "host", "networks", "images", "guests"}
    assert "cloud_init: {}\n" in text and "image: small\n" in text
    new_house.container.put(DESCRIPTION, text)
    new_house.assert_settled()
