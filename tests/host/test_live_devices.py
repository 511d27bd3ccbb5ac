"""The rarer devices of a guest at work: what it is given while it runs it sees, what it gives back is
gone, and what it, QEMU or libvirt does not take waits for its next start, with the reason."""

import pytest

from container import Container, wait_for
from described import EXIT_PENDING, NETWORK, POOL, Described, describe, image_digest, image_layer, image_section

pytestmark = [pytest.mark.cost(12, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]

ADDRESS = "10.20.0.20"
PORTS = "".join(f', port-{number}: {{type: pci, index: "{number}", model: pcie-root-port}}' for number in range(1, 15))
# some of them are plugged into PCI's slots of old, which a guest has where it says so
GUEST = f"""\
guests:
  web:
    virtualization: emulated
    vcpus: 1
    memory: {{size: 192MiB, hotplug: {{max: 2GiB, slots: 4}}, source: memfd, access: shared}}
    cpu: {{topology: {{sockets: 1, dies: 1, cores: 1, threads: 1}}, cells: {{0: {{cpus: "0", memory: 192MiB}}}}}}
    controllers: {{top: {{type: pci, index: "0", model: pcie-root}}{PORTS}, old: {{type: pci, index: "15", model: pcie-to-pci-bridge}}}}
    nics: {{lab: {{network: lab, mac: "52:54:00:00:20:01", address: {ADDRESS}}}}}
    cloud_init: {{}}
    state: running
"""
ROOT = "root: {image: small}"
MANY = f"""\
    disks: {{{ROOT}, stick: {{size: 8MiB, bus: usb}}}}
    watchdogs: {{dog: {{model: i6300esb, action: reset}}}}
    inputs: {{pen: {{type: tablet, bus: usb}}, keys: {{type: keyboard, bus: virtio}}}}
    serials: {{extra: {{type: pty, target: pci-serial, port: 1}}, stick: {{type: pty, target: usb-serial, port: 2}}}}
    channels: {{second: {{type: unix, target: virtio, name: org.example.two}}}}
    shared_memories: {{common: {{model: ivshmem-plain, size: {{value: 4, unit: M}}}}}}
"""
FEW = f"    disks: {{{ROOT}}}\n"
# 9p cannot be plugged in
FIXED = "fixed: {type: mount, access: mapped, path: /srv/fixed, tag: fixed}"
VIRTIOFS = ", files: {driver: virtiofs, path: /srv/files, tag: files}"
# vendor and device, as QEMU's docs/specs/pci-ids.rst and the devices' own headers have them
WATCHDOG, SERIAL, SHARED = "0x8086 0x25ab", "0x1b36 0x0002", "0x1af4 0x1110"
# of the virtio specification, chapter 5
RANDOM, INPUT, MEMORY = "0x0004", "0x0012", "0x0018"


class Web:
    def __init__(self, house):
        self.house, self.site = house, describe(NETWORK, POOL, image_section(image_digest("cards")), GUEST)

    def apply(self, more, share=""):
        """Makes it as described, with one more share; None: as it is described already."""
        text = more and f"{self.site}{more}    shares: {{{FIXED}{share}}}\n"
        return self.house.apply(text, "--allow", "destroys-data")

    def shared(self, tag):
        """What the guest finds in a share, where it leaves its name."""
        said = self.ask(f"share?{tag}")
        return said, self.house.out("cat", f"/srv/{tag}/guest")

    def ask(self, path):
        url = f"http://{ADDRESS}/cgi-bin/{path}"
        return wait_for(url, lambda: self.house.container.run("curl", "-sf", "-m", "20", url, check=False).stdout, 180)

    def info(self):
        found: dict[str, list[str]] = {}
        for line in self.ask("info").splitlines():
            key, _, value = line.partition(" ")
            found.setdefault(key, []).append(value.strip())
        return found

    def sees(self, what, judge):
        """Waits until what the guest sees pleases `judge`."""
        wait_for(f"the guest sees {what}", lambda: judge(self.info()), 120)

    def process(self):
        return self.house.out("cat", "/run/libvirt/qemu/web.pid")

    def settles(self):
        """Waits until nothing is left to do: what a guest lets go of later than it is waited for is gone then."""
        def is_settled():
            self.apply(None)
            return self.house.container.run("gasthof", "plan", "--exit-code", check=False).returncode == 0

        wait_for("nothing is left to do", is_settled, 180)

    def running(self, word):
        return word in self.house.out("virsh", "dumpxml", "web")

    def waits(self, *why):
        """It is pending for these reasons, and another run neither tries again nor fails."""
        for _ in range(2):
            said = self.house.gasthof("plan", "--exit-code", status=EXIT_PENDING)
            assert [word for word in why if word not in said] == [] and "0 to change, 1 waiting" in said, said
            self.house.apply()


@pytest.fixture(scope="module")
def house(debian_13, installed, tmp_path_factory):
    """With a guest that has drivers of folders that are shared."""
    layer = image_layer(tmp_path_factory.mktemp("image"), "cards")
    with Container(debian_13, [layer, installed]) as container:
        yield Described(container)


@pytest.fixture(scope="module")
def web(house):
    web = Web(house)
    for tag in ("fixed", "files"):
        script = f"mkdir -m 0777 /srv/{tag} && echo of the host >/srv/{tag}/letter"
        house.container.run("sh", "-c", script)
    web.apply(FEW)
    web.begin = web.info()
    web.begun = web.process()
    return web


@pytest.fixture(autouse=True)
def one_life(web):
    yield
    assert web.process() == web.begun


def test_what_it_is_given_it_sees(web):
    web.apply(MANY)
    web.settles()
    web.sees("devices of PCI", lambda info: {WATCHDOG, SERIAL, SHARED} <= set(info["pci"]))
    web.sees("a keyboard", lambda info: INPUT in info["virtio"])
    web.sees("another channel", lambda info: "org.example.two" in info["port"])
    # its kernel has no USB: what is plugged in there, QEMU tells
    tree = web.house.out("virsh", "qemu-monitor-command", "web", "--hmp", "info usb")
    assert [name for name in ("ua-disk-stick", "ua-input-pen", "ua-serial-stick") if f"ID: {name}" not in tree] == []


def test_what_it_gives_back_is_gone(web):
    web.apply(FEW)
    web.settles()
    web.sees("all of it go", lambda info: sorted(info["pci"]) == sorted(web.begin["pci"]) and
             sorted(info["virtio"]) == sorted(web.begin["virtio"]))


def test_folders_are_shared_from_the_start_and_while_it_runs(web):
    """By 9p and by virtiofs; what either side writes the other reads."""
    said, name = web.shared("fixed")
    assert "way 9p" in said and "file letter of the host" in said and name == "web"
    web.apply(FEW, VIRTIOFS)
    web.settles()
    said, name = web.shared("files")
    assert "way virtiofs" in said and "file letter of the host" in said and name == "web"
    web.apply(FEW)
    web.sees("the share go", lambda info: sorted(info["virtio"]) == sorted(web.begin["virtio"]))
    web.settles()


def test_random_numbers_and_the_agent_come_and_go_by_their_short_words(web):
    web.apply("    rng: false\n    guest_agent: false\n" + FEW)
    web.settles()
    web.sees("neither", lambda info: RANDOM not in info["virtio"] and not info.get("port"))
    web.apply("    rng: true\n    guest_agent: true\n" + FEW)
    web.settles()
    web.sees("both", lambda info: RANDOM in info["virtio"] and info.get("port") == ["org.qemu.guest_agent.0"])


def test_memory_is_plugged_in(web):
    web.apply(FEW + "    memory_modules: {more: {model: dimm, size: 256MiB, cell: 0}}\n")
    web.settles()
    blocks = int(web.begin["memory_blocks"][0])
    web.sees("its memory grow", lambda info: int(info["memory_blocks"][0]) == blocks + 2)


def test_memory_that_can_shrink_is_asked_for_while_it_runs(web):
    """Whether the guest follows is its driver's business; it can be taken out once nothing is asked."""
    module = "    memory_modules: {{more: {{model: dimm, size: 256MiB, cell: 0}}{elastic}}}\n"
    elastic = ", elastic: {{model: virtio-mem, size: 256MiB, cell: 0, block: 2MiB, requested: {requested}}}"
    for requested, kib in (("32MiB", 32768), ("64MiB", 65536), ("0MiB", 0)):
        web.apply(FEW + module.format(elastic=elastic.format(requested=requested)))
        web.settles()
        assert web.running(f"<requested unit='KiB'>{kib}</requested>")
    web.sees("its memory", lambda info: MEMORY in info["virtio"])
    web.apply(FEW + module.format(elastic=""))
    web.sees("it go", lambda info: MEMORY not in info["virtio"])
    web.settles()


def test_what_is_not_taken_waits_and_says_why(web):
    """A watchdog that is to do another thing than the machine's own, and a share without virtiofsd."""
    module = "    memory_modules: {more: {model: dimm, size: 256MiB, cell: 0}}\n"
    web.apply(FEW + module + "    watchdogs: {dog: {model: i6300esb, action: none}}\n")
    web.waits("cannot attach ua-watchdog-dog while it runs")
    assert not web.running("i6300esb")
    web.house.container.run("sh", "-c", "rm -f /usr/libexec/virtiofsd /usr/share/qemu/vhost-user/*virtiofsd*.json")
    web.apply(FEW + module, VIRTIOFS)
    web.waits("cannot attach ua-share-files while it runs")
    web.apply(FEW + module)
    web.settles()


def test_a_disk_that_may_lack_is_no_difference_until_its_file_is_there(web):
    module = "    memory_modules: {more: {model: dimm, size: 256MiB, cell: 0}}\n"
    maybe = f"    disks: {{{ROOT}, maybe: {{path: /srv/maybe.img, format: raw, storage: {{startup: optional}}}}}}\n"
    web.apply(maybe + module)
    web.settles()
    assert not web.running("maybe.img")
    web.house.container.run("truncate", "-s", "4M", "/srv/maybe.img")
    web.apply(maybe + module)
    web.settles()
    assert web.running("maybe.img")
    web.sees("the disk", lambda info: any(disk.split()[1] == str(4 << 20) for disk in info["disk"]))


@pytest.fixture
def another_start(web):
    """The plug is pulled, and the file of the disk that may lack is taken away."""
    web.house.switch_off()
    web.house.container.run("rm", "/srv/maybe.img")
    yield
    web.begun = web.process()


def test_libvirt_starts_without_it_and_that_is_as_wanted(web, another_start):
    web.house.apply()
    assert "maybe.img" in web.house.out("virsh", "dumpxml", "--inactive", "web")
    assert not web.running("maybe.img")
    web.settles()
