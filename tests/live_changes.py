"""What a guest that is at work goes through while it runs, in either tier: it grows, gets and loses
devices, is pinned and limited, its CD is changed; somebody meddles with it and it is put right. It
notices each of these, and was never started anew.

The guest is the small image; /cgi-bin/info says what it sees, /cgi-bin/work which start of it this
is, and how many rounds of writing to its disk it has done.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

CDS = {"one": "/var/lib/gasthof/one.iso", "two": "/var/lib/gasthof/two.iso"}
FIRST, SECOND = "52:54:00:00:20:01", "52:54:00:00:20:02"
ADDRESS = "10.20.0.20"
MIB = 1024 * 1024
# What apply and plan say of a device that a running guest has not let go of yet.
ASKED = "the guest was asked to let go of"
ASK_AGAIN = 20  # seconds: a busy guest may miss that it was asked
BASE = {"memory": "160MiB", "vcpus": "1", "shares": "", "pin": "0", "cd": "one", "disks": (),
        "nics": "", "limit": "", "link": "", "memtune": "", "more": ""}
GROWN = {"memory": "240MiB", "vcpus": "2", "pin": "1", "shares": ", shares: 2000", "cd": "two",
         "disks": ("more: {size: 20MiB, serial: more}", "other: {size: 16MiB, bus: scsi}"),
         "nics": f', second: {{network: lab, mac: "{SECOND}"}}',
         "limit": ", limit: {write: 8MiB/s}", "link": ""}


def guest(virtualization: str, **how) -> str:
    """The guests: of a description; `how` as BASE."""
    how = {**BASE, **how}
    disks = "".join(f"\n      {disk}" for disk in how["disks"])
    return f"""\
guests:
  web:
    virtualization: {virtualization}
    vcpus: {{count: {how["vcpus"]}, max: 2, pin: {{0: "{how["pin"]}"}}{how["shares"]}}}
    memory: {{size: {how["memory"]}, max: 256MiB{how["memtune"]}}}
    disks:
      root: {{image: small}}
      work: {{size: 32MiB, serial: work{how["limit"]}}}
      cd: {{device: cdrom, path: {CDS[how["cd"]]}}}{disks}
    nics: {{lab: {{network: lab, mac: "{FIRST}", address: {ADDRESS}{how["link"]}}}{how["nics"]}}}
    cloud_init: {{}}
    state: running{how["more"]}
"""


class StartedAnew(AssertionError):
    """The guest is in another start of its system than the one that the test began with."""


class Guest:
    """The guest, as a tier knows it."""

    takes_cpus = True  # while it runs
    has_cgroup = True
    boot = ""  # the start it is in

    def __init__(self, virtualization):
        self.virtualization = virtualization

    def description(self, **how):
        return guest(self.virtualization, **how if self.has_cgroup else {**how, "shares": ""})

    def apply(self, **how):
        """Makes it as `description` says; what goes may go with its data. A guest that lets go of
        a device later than an apply waits for it leaves what follows to another one."""
        if ASKED in self.apply_once(**how):
            self.reaches("the guest let go of its device", lambda: self.run("gasthof", "plan"),
                         lambda plan: ASKED not in plan)
            self.apply_once(**how)

    # ---- of each tier; a failure is an exception ----

    def apply_once(self, **how):
        """Applies the description; what that said."""
        raise NotImplementedError

    def run(self, *command):
        """What a command on its host says."""
        raise NotImplementedError

    def ask(self, path):
        """What its web server answers."""
        raise NotImplementedError

    def wait(self, judge, what):
        """Until `judge` is true."""
        raise NotImplementedError

    def settled(self):
        """Nothing is left to do, once the guest has come after."""
        raise NotImplementedError

    def differs(self):
        """What plan and status say, where there is something to do."""
        raise NotImplementedError

    def reaches(self, what, look, judge):
        """Waits until what `look` sees pleases `judge`, and returns it."""
        seen = []

        def please():
            seen[:] = [look()]
            return judge(seen[0])

        try:
            self.wait(please, what)
        except StartedAnew:
            raise
        except Exception as error:
            raise AssertionError(f"{what}: not so, but {seen}") from error
        return seen[0]

    def cgroup(self, file):
        """A file of its cgroup: libvirt's own below systemd's scope, which is "../"."""
        where = self.run("sh", "-c", "cat /proc/$(cat /run/libvirt/qemu/web.pid)/cgroup").strip()
        group = where.removeprefix("0::").rpartition("/")[0]
        return self.run("cat", f"/sys/fs/cgroup{group}/{file}").strip()

    # ---- asking it ----

    def info(self):
        """What it sees: key -> its values."""
        found: dict[str, list[str]] = {}
        for line in self.ask("/cgi-bin/info").splitlines():
            key, _, value = line.partition(" ")
            found.setdefault(key, []).append(value)
        return found

    def work(self, disk=""):
        lines = self.ask(f"/cgi-bin/work?{disk}").splitlines()
        said = {key: value.strip() for key, _, value in (line.partition(" ") for line in lines)}
        self.boot = self.boot or said["boot"]
        if said["boot"] != self.boot:
            raise StartedAnew(f"the guest started anew: {said}")
        return said

    def sees(self, what, judge):
        """Waits until what the guest sees pleases `judge`, and returns it."""
        return self.reaches(f"the guest sees {what}",
                            lambda: {**self.info(), "work": self.work()}, judge)

    def xml(self):
        """libvirt's of it, as it runs."""
        return self.run("virsh", "dumpxml", "web")

    def target(self, word):
        """libvirt's name of the disk whose file is called so."""
        named = re.findall(r"^ *([vs]d[a-z]) +(\S+)$", self.run("virsh", "domblklist", "web"), re.M)
        return next(target for target, path in named if word in path)

    def limits(self):
        """Of the disk it works on."""
        return self.run("virsh", "blkdeviotune", "web", self.target("-work"))

    def process(self):
        """QEMU's."""
        return self.run("cat", "/run/libvirt/qemu/web.pid").strip()

    def works(self):
        """Waits for another round of its work."""
        before = int(self.work()["rounds"])
        self.wait(lambda: int(self.work()["rounds"]) > before, "another round of the guest's work")


def put_cds(run):
    """Two discs that differ by their names."""
    for name, path in CDS.items():
        script = (f"truncate -s 2M {path} && printf %-8s {name.upper()} | "
                  f"dd of={path} bs=1 seek=32808 conv=notrunc status=none")
        run("sh", "-c", script)


def macs(seen):
    """Of its NICs; one that is just going has none."""
    return {word for nic in seen["nic"] for word in nic.split()[1:2]}


def disks(seen):
    """Sizes of the disks; the CD's is none."""
    return {int(disk.split()[1]) for disk in seen["disk"] if not disk.startswith("sr")}


def memory(seen):
    return int(seen["memory_kib"][0]) / 1024


def goes_through(web):
    """All of it."""
    disk = next(disk.split()[0] for disk in web.info()["disk"] if disk.endswith(" work"))
    begin = web.work(disk)["boot"], web.process()
    web.works()
    web.settled()  # its balloon, whose driver came with the work, too
    small = memory(web.sees("the first CD", lambda seen: seen["work"].get("cd") == "ONE"))
    it_grows(web, small)
    web.settled()
    it_shrinks(web, small)
    web.settled()
    somebody_meddles(web)
    if web.has_cgroup:
        its_cgroup_follows(web)
    web.works()
    assert (web.work()["boot"], web.process()) == begin


def it_grows(web, small):
    web.apply(**GROWN)
    seen = web.sees("its second NIC and disks",
                    lambda seen: SECOND in macs(seen) and {20 * MIB, 16 * MIB} <= disks(seen))
    assert any(disk.endswith(" more") for disk in seen["disk"])
    assert re.search(r"current +live +2\b", web.run("virsh", "vcpucount", "web"))
    if web.takes_cpus:
        web.sees("its second CPU", lambda seen: seen["cpus"] == ["2"])
    web.sees("its memory grow", lambda seen: memory(seen) > small + 60)
    web.sees("another CD", lambda seen: seen["work"].get("cd") == "TWO")
    assert re.search(r"write_bytes_sec: 8388608\b", web.limits())
    assert re.search(r"^ *0 +1$", web.run("virsh", "vcpupin", "web"), re.M)
    if web.has_cgroup:
        assert re.search(r"cpu_shares *: 2000\b", web.run("virsh", "schedinfo", "web"))
    web.works()


def it_shrinks(web, small):
    """Everything goes back; the CPU where the guest knows that it has a hypervisor."""
    vcpus = "1" if web.takes_cpus else "2"
    web.apply(vcpus=vcpus, disks=("grown: {size: 8MiB}",))
    web.sees("its devices go", lambda seen: macs(seen) & {SECOND} == set() and
             disks(seen) & {20 * MIB, 16 * MIB} == set() and 8 * MIB in disks(seen))
    web.sees("its memory shrink", lambda seen: memory(seen) < small + 20)
    assert re.search(r"write_bytes_sec: 0\b", web.limits())
    if web.takes_cpus:
        assert re.search(r"current +live +1\b", web.run("virsh", "vcpucount", "web"))
        web.sees("its second CPU go", lambda seen: seen["cpus"] == ["1"])
    web.apply(vcpus=vcpus, disks=("grown: {size: 12MiB}",))
    web.sees("its disk grow", lambda seen: 12 * MIB in disks(seen))
    web.works()


@dataclass
class Meddling:
    """What somebody does with virsh: what is asked of a guest takes effect when it comes to it."""

    path: str  # what then differs
    words: str  # of virsh; DISK is the name of ...
    disk: str  # ... the disk whose file is called so
    effect: Callable[[ElementTree.Element], bool]  # whether it is seen in the running guest's XML

    def happens(self, web):
        """Asks for it, again when nothing came of it for a while, until it is in effect."""
        words = ["virsh", *self.words.split()]
        if self.disk:
            words = [word.replace("DISK", web.target(self.disk)) for word in words]
        web.run(*words)
        asked = [time.monotonic()]

        def look():
            if time.monotonic() - asked[0] > ASK_AGAIN:
                # libvirt refuses while the guest is still at it
                web.run("sh", "-c", " ".join([*words, "2>&1 || true"]))
                asked[0] = time.monotonic()
            return web.xml()

        web.reaches(" ".join(words), look, lambda xml: self.effect(ElementTree.fromstring(xml)))


def sources(xml):
    """Files of its disks and CDs."""
    return [source.get("file") for source in xml.findall("devices/disk/source")]


MEDDLING = [
    Meddling("disks.grown", "detach-disk web DISK --live", "-grown",
             lambda xml: not any("-grown" in source for source in sources(xml))),
    Meddling("nics.lab.link_state", f"domif-setlink web {FIRST} down", "",
             lambda xml: xml.find("devices/interface/link[@state='down']") is not None),
    Meddling("disks.work.limit.read",
             "blkdeviotune web DISK --read-bytes-sec 1000000 --live --config", "-work",
             lambda xml: xml.findtext("devices/disk/iotune/read_bytes_sec") == "1000000"),
    Meddling("disks.cd.source", "change-media web DISK --eject --live", "/one.iso",
             lambda xml: CDS["one"] not in sources(xml)),
    Meddling("vcpus.pin", "vcpupin web 0 1 --live", "",
             lambda xml: xml.find("cputune/vcpupin[@vcpu='0'][@cpuset='1']") is not None),
]


def somebody_meddles(web):
    """What virsh changed is named field by field, and put right while the guest runs."""
    how = {"vcpus": "2", "disks": ("grown: {size: 12MiB}",), "link": ", link_state: up",
           "limit": ", limit: {read: 100MiB/s}"}
    web.apply(**how)
    web.settled()
    for meddling in MEDDLING:
        meddling.happens(web)
    for said in web.differs():
        assert [each.path for each in MEDDLING if each.path not in said] == [], said
    web.apply(**how)
    web.settled()
    web.sees("the disk that was taken", lambda seen: 12 * MIB in disks(seen))
    web.sees("the CD that was taken", lambda seen: seen["work"].get("cd") == "ONE")


DEVICE = "/dev/vda"
TUNED = {"shares": ", shares: 300, quota: 80000, period: 50000, global_quota: 150000, "
                   "emulator_quota: 90000",
         "memtune": ", hard_limit: 900MiB, soft_limit: 800MiB, swap_limit: 1000MiB",
         "more": f"""
    iothreads: {{count: 1, quota: 70000}}
    block_io: {{weight: 200, devices: {{disk: {{path: {DEVICE}, write: 3000000, read_iops: 300}}}}}}"""}
HELD = {"../cpu.weight": "300", "vcpu0/cpu.max": "80000 50000", "cpu.max": "150000 100000",
        "emulator/cpu.max": "90000 100000", "iothread1/cpu.max": "70000 100000",
        "memory.max": str(900 * MIB), "memory.high": str(800 * MIB),
        "memory.swap.max": str(1000 * MIB), "../io.weight": "default 200",
        "io.max": "rbps=max wbps=3000000 riops=300 wiops=max"}
FREE = {"../cpu.weight": "100", "vcpu0/cpu.max": "max 100000", "cpu.max": "max 100000",
        "emulator/cpu.max": "max 100000", "memory.max": "max", "memory.high": "max",
        "memory.swap.max": "max", "../io.weight": "default 100", "io.max": ""}
LOOSENED = [
    ("schedinfo", "web", "--live", "--set", "vcpu_quota=20000"),
    ("schedinfo", "web", "--live", "--set", "cpu_shares=50"),
    ("memtune", "web", "--live", "--hard-limit", "950000"),
    ("blkiotune", "web", "--live", "--weight", "700"),
    ("blkiotune", "web", "--live", "--device-write-bytes-sec", f"{DEVICE},9000"),
]
LOOSE = ["vcpus.quota", "vcpus.shares", "memory.hard_limit", "block_io.weight",
         "block_io.devices.dev-vda.write"]


def held(web, files):
    """What of its cgroup is otherwise; a line of io.max begins with the device's number."""
    found = {file: re.sub(r"^[0-9]+:[0-9]+ ", "", web.cgroup(file)) for file in files}
    return {file: (found[file], files[file]) for file in files if found[file] != files[file]}


def its_cgroup_follows(web):
    """Limits come, change, are put right and go, in the kernel, while it runs (M8 to M12)."""
    web.apply(**TUNED)
    assert held(web, HELD) == {}
    web.settled()
    for command in LOOSENED:
        web.run("virsh", *command)
    assert set(held(web, HELD)) == {"vcpu0/cpu.max", "../cpu.weight", "memory.max", "../io.weight",
                                    "io.max"}
    for said in web.differs():
        assert [path for path in LOOSE if path not in said] == [], said
    web.apply(**TUNED)
    assert held(web, HELD) == {}
    changed = {key: value.replace("80000", "60000").replace("900MiB", "850MiB")
                         .replace("3000000", "5000000") for key, value in TUNED.items()}
    web.apply(**changed)
    assert held(web, {**HELD, "vcpu0/cpu.max": "60000 50000", "memory.max": str(850 * MIB),
                      "io.max": "rbps=max wbps=5000000 riops=300 wiops=max"}) == {}
    web.apply()
    assert held(web, FREE) == {}
    web.settled()
