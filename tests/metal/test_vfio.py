"""Hardware for guests, on a machine with an IOMMU and two cards of the emulated igb: functions of one
are made and given to a KVM guest (I10, I18 to I24), what the host stands on is refused (I12, I17),
and a whole card goes to vfio-pci and comes back (I5, I6), also before its own driver at a boot."""

import base64
import json
import re
from pathlib import Path

import pytest

from light import TREE, Appliance, best_accel, call, make_key

CARD, UPLINK = "52:54:00:67:00:02", "52:54:00:67:00:01"
NIC, VF = "52:54:00:00:20:0a", "52:54:00:00:00:11"
FUNCTIONS = "/sys/bus/pci/devices"

# The uplink is behind a port that keeps nothing apart, so that its functions are in its own group.
BUSES = ["-device", "intel-iommu,intremap=on,caching-mode=on",
         "-device", "pcie-root-port,id=apart,chassis=1",
         "-device", "pcie-root-port,id=together,chassis=2,disable-acs=on"]
EXTRA = ["-netdev", "hubport,id=nobody,hubid=0",
         "-device", f"igb,bus=apart,netdev=nobody,mac={CARD}"]

HOST = f"""\
gasthof: 1
host: {{name: metal}}
links:
  uplink: {{match: {{mac: "{UPLINK}"}}, dhcp: ipv4}}
pools:
  default: {{type: dir, path: /var/lib/gasthof/pools/default}}
images:
  cards: {{url: "file:///efi/gasthof/images/guest.qcow2", pool: default}}
agent: {{drift: report}}
"""
GUEST = """\
networks:
  lab:
    mode: nat
    subnets: {{v4: 10.20.0.0/24}}
    dhcp: {{first: 10.20.0.100, last: 10.20.0.199}}
    forwards: {{web: {{listen: 8080/tcp, to: "web:80"}}}}
guests:
  web:
    memory: 320MiB
    disks: {{root: {{image: cards, size: 256MiB}}}}
    nics: {{lab: {{network: lab}}{more}}}
    cloud_init: {{}}
    state: running
"""
SRIOV = f"""\
sriov:
  card:
    pci: "{{card}}"
    vfs: 2
    trust: false
    spoof_check: true
    vf: {{{{1: {{{{mac: "{VF}", vlan: 200}}}}}}}}
"""
FAST = f', fast: {{sriov: card, vlan: 100, mac: "{NIC}"}}'


def keys(key):
    """What makes root's account open to the key."""
    text = base64.b64encode(key.with_suffix(".pub").read_bytes()).decode()
    return ["-smbios", f"type=11,value=io.systemd.credential.binary:ssh.authorized_keys.root={text}"]


class Host(Appliance):
    """The appliance, with what these tests ask of it again and again."""

    def put(self, text):
        """Makes `text` the description."""
        code = base64.b64encode(text.encode()).decode()
        self.ssh(f"printf %s {code} | base64 -d >/etc/gasthof/host.yaml", timeout=120)

    def plan(self, text):
        """What is said of a description that is only looked at: its exit status and words."""
        code = base64.b64encode(text.encode()).decode()
        done = self.ssh(f"printf %s {code} | base64 -d >/run/try.yaml; gasthof plan /run/try.yaml",
                        check=False, timeout=180)
        return done.returncode, done.stdout + done.stderr

    def apply(self, *more, status=0):
        done = self.ssh("gasthof", "apply", *more, check=False, timeout=400)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def function_of(self, mac):
        """The PCI address and the link's name of the card with this address."""
        links = json.loads(self.ssh("ip", "-j", "link", timeout=120).stdout)
        name = next(link["ifname"] for link in links if link.get("address") == mac)
        path = self.ssh("readlink", "-f", f"/sys/class/net/{name}/device", timeout=120).stdout
        return Path(path.strip()).name, name

    def driver(self, function):
        """Who drives a PCI function; empty where nobody does."""
        done = self.ssh("readlink", f"{FUNCTIONS}/{function}/driver", check=False, timeout=120)
        return Path(done.stdout.strip()).name

    def functions(self, card):
        """The virtual functions of a card."""
        return self.ssh(f"readlink {FUNCTIONS}/{card}/virtfn*; true", timeout=120).stdout.split()


@pytest.fixture
def host(box, workdir, appliance_image, guest_image):
    guest = guest_image("cards")
    key = make_key(workdir)
    described = workdir / "host.yaml"
    described.write_text(HOST)
    medium = workdir / "medium.raw"
    call([TREE / "installer" / "stamp", appliance_image, described, "-o", medium, "--size", "6G",
          "--file", f"{guest}:images/guest.qcow2", "--options", "intel_iommu=on iommu=pt"],
         "stamping")
    return box(kind=Host, medium=medium, key=key, nic="igb,bus=together", mac=UPLINK, buses=BUSES,
               extra=EXTRA + keys(key), memory=2560, reboots=True,
               **best_accel(guest, workdir / "trial"))


@pytest.mark.cost(300, telling=2)
def test_functions_of_cards_are_given_to_guests_and_come_back(host):
    host.wait_for_ssh(600)
    card, link = host.function_of(CARD)
    uplink, uplink_link = host.function_of(UPLINK)
    sriov = SRIOV.format(card=card)

    a_guest_has_a_function(host, card, link, sriov)
    the_uplink_stays(host, uplink, uplink_link, sriov)
    the_functions_go_when_nobody_describes_them(host, card)
    a_card_goes_and_comes_back(host, card, link)
    it_is_so_again_after_a_boot(host, card, uplink, uplink_link)
    host.powerdown(timeout=240)


def a_guest_has_a_function(host, card, link, sriov):
    host.put(HOST + sriov + GUEST.format(more=FAST))
    host.apply()
    assert host.http_get("web", timeout=900) == "hello from web\n"
    # The guest sees its MAC; its VLAN is not its doing, and nothing that it could see.
    info = host.http_get("web", "/cgi-bin/info", timeout=120)
    assert any(line.split()[2] == NIC for line in info.splitlines() if line.startswith("nic ")), info
    assert "<interface type='hostdev'" in host.ssh("virsh", "dumpxml", "web", timeout=120).stdout
    first, second = host.functions(card)
    assert host.driver(Path(first).name) == "vfio-pci"
    said = host.ssh("ip", "link", "show", "dev", link, timeout=120).stdout
    assert re.search(rf"vf 0 .*{NIC}.*vlan 100.*spoof checking on.*trust off", said), said
    assert re.search(rf"vf 1 .*{VF}.*vlan 200.*spoof checking on.*trust off", said), said
    assert host.driver(Path(second).name) == "igbvf"
    host.wait_settled(600)
    # More than the card has is a fault with its limit (A8).
    status, words = host.plan(HOST + sriov.replace("vfs: 2", "vfs: 9"))
    assert status == 4 and "can have 7 virtual functions, not 9" in words


def the_uplink_stays(host, uplink, link, sriov):
    taken = f'devices: {{nic: {{mac: "{UPLINK}"}}}}\n'
    status, words = host.plan(HOST + taken)
    assert status == 5, words
    assert f"{uplink} cannot be given away: it carries the default route ({link})" in words
    status, words = host.plan(HOST + f'devices: {{disk: {{pci: "{disk_of(host)}"}}}}\n')
    assert status == 5 and re.search(r"cannot be given away: it (holds|is part of) ", words), words
    # Functions of the uplink may be made, but share its group: no guest gets any.
    more = f'  up: {{pci: "{uplink}", vfs: 1, host_driver: false}}\n'
    host.put(HOST + sriov + more + GUEST.format(more=FAST))
    host.apply("--allow", "service-restart")  # igb starts the card anew
    assert len(host.functions(uplink)) == 1
    status, words = host.plan(HOST + sriov + more + GUEST.format(
        more=FAST + ", second: {sriov: up}"))
    assert status == 5, words
    assert re.search(r"cannot be given away: its IOMMU group \d+ also has " + re.escape(uplink) +
                     rf", which carries the default route \({link}\)", words), words


def disk_of(host):
    """The PCI function of the disk that is booted."""
    path = host.ssh("readlink", "-f", "/sys/class/block/vda", timeout=120).stdout
    return re.findall(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]", path)[-1]


def the_functions_go_when_nobody_describes_them(host, card):
    host.put(HOST + GUEST.format(more=""))
    host.apply("--allow", "service-restart")
    host.wait_settled(600)
    assert host.functions(card) == []
    assert host.ssh("cat", f"{FUNCTIONS}/{card}/sriov_numvfs").stdout.strip() == "0"
    assert NIC not in host.http_get("web", "/cgi-bin/info", timeout=120)
    assert host.ssh("ls /etc/systemd/network", timeout=120).stdout.count(".link") == 0


def a_card_goes_and_comes_back(host, card, link):
    taken = f'devices: {{card: {{mac: "{CARD}", bind: now}}}}\n'
    assert host.driver(card) == "igb"
    host.put(HOST + GUEST.format(more="") + taken)
    host.apply()
    assert host.driver(card) == "vfio-pci"
    host.wait_settled(300)
    host.put(HOST + GUEST.format(more=""))
    host.apply()
    assert host.driver(card) == "igb"
    # udev gives it its name when it comes to it
    host.wait_until("the card's link", f"grep {CARD} /sys/class/net/{link}/address")
    assert host.function_of(CARD) == (card, link)


def it_is_so_again_after_a_boot(host, card, uplink, uplink_link):
    described = HOST + f'devices: {{card: {{mac: "{CARD}", bind: boot}}}}\n' + \
        f'sriov: {{up: {{link: {uplink_link}, vfs: 1, host_driver: false}}}}\n'
    host.put(described)
    host.apply("--allow", "service-restart", "--allow", "guest-restart", "--allow",
               "destroys-data")
    host.reboot()
    host.wait_for_ssh(900)
    host.wait_settled(600)
    assert host.driver(card) == "vfio-pci"
    # its own driver never had it, and udev made the function by our file
    assert f"igb {card}: added PHC" not in host.ssh("dmesg", timeout=120).stdout
    assert f"igb {uplink}: added PHC" in host.ssh("dmesg", timeout=120).stdout
    said = host.ssh("udevadm", "info", f"/sys/class/net/{uplink_link}", timeout=120).stdout
    assert "ID_NET_LINK_FILE=/etc/systemd/network/98-gasthof-sriov-up.link" in said, said
    assert len(host.functions(uplink)) == 1
