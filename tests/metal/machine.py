"""An emulated bare-metal machine: QEMU with firmware, disks, a network card and serial ports.

    with Machine(folder, disks=[Disk("a.raw")], firmware="uefi", forwards={"web": 8080}) as box:
        box.wait_for_serial(r"reached target", timeout=120)
        print(box.http_get("web", "/", timeout=60), box.seconds())
        box.powerdown(timeout=60)

Time counts from power-on, which is when QEMU was started. Serial ports are read as they speak, so
that each line has the moment at which it came; they are also written to WORKDIR/serial0.log and so
on. The machine never outlives its `with` block, nor the process that made it. Traffic stays on
127.0.0.1. Nothing here needs root.
"""

import functools
import os
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from qmp import Qmp, QmpError

OVMF = Path("/usr/share/OVMF")
# firmware -> code, template of the variables
FIRMWARE = {
    "uefi": ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
    "uefi-secure": ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.snakeoil.fd"),
}
BUSES = ("virtio", "usb", "nvme", "sata", "cdrom")
PORTS = {
    "serial": lambda name: ["-serial", f"chardev:{name}"],
    "debugcon": lambda name: ["-device", f"isa-debugcon,iobase=0x402,chardev={name}"],
}
TAIL_LINES = 40
# Words by which QEMU's emulated AMD processor is known to have fallen over: nothing that a machine runs
# in user space can bring them about. Seen with KVM guests of two processors on a busy build machine.
EMULATOR_FAULTS = (r"Kernel panic - not syncing: corrupted stack end detected inside scheduler",
                   r"assertion failed: \(bql_locked\(\)\)")
# A forward takes connections while nobody inside does; such a one would hang on. A program that a guest
# runs to answer is asked of one that serves already, and may be slow.
ATTEMPT_SECONDS, PROGRAM_SECONDS = 8, 120


class MachineError(Exception):
    """The machine did not do what was waited for; the text ends with its last serial output."""


class EmulatorFault(MachineError):
    """It could not: what emulates it fell over."""


def emulator_fault(error):
    """The EmulatorFault that an exception is, or that led to it; or None."""
    while error and not isinstance(error, EmulatorFault):
        error = error.__cause__ or error.__context__
    return error


def begins_anew(test, tell, tries=3):
    """`test` as one that starts over when the emulator fell over; `tell` hears of it each time. After
    `tries` in all it fails as it would have."""
    @functools.wraps(test)
    def attempts(*args, **named):
        for attempt in range(1, tries):
            try:
                return test(*args, **named)
            except Exception as error:
                fault = emulator_fault(error)
                if not fault:
                    raise
                tell(f"begun anew after try {attempt}: {str(fault).splitlines()[0]}")
        return test(*args, **named)

    return attempts


@dataclass
class Disk:
    """One disk. With `snapshot` the image stays as it is and writes are lost with the machine."""

    path: os.PathLike
    bus: str = "virtio"
    format: str = ""  # by the name's ending when empty
    snapshot: bool = True
    serial: str = ""
    boot_index: int = -1  # -1: the order in which disks are given

    def image_format(self):
        return self.format or ("qcow2" if str(self.path).endswith(".qcow2") else "raw")


@dataclass(frozen=True)
class Qemu:
    """Which QEMU runs: the machine's own, or, with `root`, that of a Debian tree. The latter is
    started through the tree's own loader, so that it needs neither chroot nor mounts."""

    root: os.PathLike | None = None

    def command(self, name="qemu-system-x86_64"):
        if not self.root:
            return [name]
        root = Path(self.root)
        library = root / "usr/lib/x86_64-linux-gnu"
        paths = ":".join(map(str, [library, library / "pulseaudio"]))
        return [str(root / "usr/lib64/ld-linux-x86-64.so.2"), "--library-path", paths,
                str(root / "usr/bin" / name)]

    def data(self):
        """Arguments that say where the ROMs are."""
        if not self.root:
            return []
        root = Path(self.root)
        folders = ["usr/share/qemu", "usr/share/seabios", "usr/lib/ipxe/qemu"]
        return [word for folder in folders for word in ("-L", str(root / folder))]

    def ovmf(self):
        """The folder of the UEFI firmware: the tree's own where it has one."""
        own = Path(self.root or "/") / "usr/share/OVMF"
        return own if own.is_dir() else OVMF

    @functools.cache
    def version(self):
        """Major version; 0 when it cannot be run."""
        try:
            done = subprocess.run(self.command() + ["--version"], capture_output=True, text=True,
                                  timeout=30, check=True)
        except (OSError, subprocess.SubprocessError):
            return 0
        found = re.search(r"version (\d+)", done.stdout)
        return int(found[1]) if found else 0


def missing(firmware="bios", qemu=None, version=0):
    """What this build machine lacks to emulate such a machine, as a list of clauses: empty when
    nothing is missing. `version` is the least QEMU that has the devices asked for."""
    qemu = qemu or Qemu()
    lacks = []
    found = qemu.version()
    if not found:
        lacks.append("no qemu-system-x86_64 (package qemu-system-x86)")
    elif found < version:
        lacks.append(f"QEMU {found} is older than {version}")
    for name in FIRMWARE.get(firmware, ()):
        if not (qemu.ovmf() / name).exists():
            lacks.append(f"no {name} (package ovmf)")
    if not shutil.which("setpriv"):
        lacks.append("no setpriv (package util-linux)")
    return lacks


@dataclass
class Sighting:
    """Something seen on a serial port: the match, and when its last byte came (from power-on)."""

    match: re.Match
    at: float

    @property
    def text(self):
        return self.match[0]


class Serial:
    """One serial port: keeps what came, with its times, and copies it to a file."""

    def __init__(self, sock, log, changed, started):
        self._sock = sock
        self._log = log
        self._changed = changed
        self._started = started
        self._chunks = []  # (end offset in text, seconds)
        self.text = ""
        self._thread = threading.Thread(target=self._read, name=log.name, daemon=True)
        self._thread.start()

    def _read(self):
        with open(self._log, "wb", buffering=0) as log:
            while True:
                try:
                    data = self._sock.recv(65536)
                except OSError:
                    return
                if not data:
                    return
                log.write(data)
                with self._changed:
                    self.text += data.decode(errors="replace")
                    self._chunks.append((len(self.text), time.monotonic() - self._started()))
                    self._changed.notify_all()

    def search(self, regex, start=0):
        """A Sighting, or None. Carriage returns are part of the text."""
        match = re.compile(regex, re.MULTILINE).search(self.text, start)
        if not match:
            return None
        at = next((at for end, at in self._chunks if end >= match.end()), 0.0)
        return Sighting(match, at)

    def write(self, text):
        """Types on the console."""
        self._sock.sendall(text.encode())

    def tail(self, lines=TAIL_LINES):
        return "\n".join(self.text.replace("\r", "").splitlines()[-lines:])

    def close(self):
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._thread.join(5)
        self._sock.close()


@dataclass
class Machine:
    """The machine as it is ordered; `start` powers it on."""

    workdir: os.PathLike
    disks: list = field(default_factory=list)
    memory: int = 512  # MiB
    cpus: int = 1
    threads: int = 1  # of each core
    nodes: int = 1  # NUMA nodes, a socket each; CPUs and memory are dealt out evenly
    cpu: str = "max"
    accel: str = "tcg,thread=multi"
    firmware: str = "bios"
    forwards: dict = field(default_factory=dict)  # name -> TCP port inside
    restrict: bool = False  # no way out but for the forwards
    nic: str = "virtio-net-pci"  # empty: no network
    mac: str = "52:54:00:67:00:01"
    ports: tuple = ("serial",)  # of "serial", "debugcon" (what the firmware says of itself)
    reboots: bool = False  # a reset starts it again; else it ends the machine
    buses: list = field(default_factory=list)  # arguments for what other devices plug into
    extra: list = field(default_factory=list)
    qemu: Qemu = field(default_factory=Qemu)

    def __post_init__(self):
        self.workdir = Path(self.workdir)
        self.changed = threading.Condition()
        self.process = None
        self.qmp = None
        self.progress = lambda: None  # called about once a second by everything that waits
        self.host_ports = {}
        self.serial = []
        self._started = 0.0

    # What QEMU is told

    def arguments(self):
        """The argument vector, but for the sockets that `start` makes."""
        args = self.qemu.data() + ["-nodefaults", "-no-user-config", "-display", "none"]
        args += ["-machine", self._board(), "-accel", self.accel, "-cpu", self._processor()]
        args += ["-smp", self._topology(), "-m", f"{self.memory}M"] + self._node_arguments()
        args += [] if self.reboots else ["-no-reboot"]
        args += ["-rtc", "base=utc", "-device", "virtio-rng-pci"]
        args += list(map(str, self.buses)) + self._firmware_arguments()
        args += self._disk_arguments() + self._network_arguments()
        return args + list(map(str, self.extra))

    def _topology(self):
        sockets = f",sockets={self.nodes}" if self.nodes > 1 else ""
        threads = f",threads={self.threads}" if self.threads > 1 else ""
        return f"{self.cpus}{sockets}{threads}"

    def _node_arguments(self):
        if self.nodes == 1:
            return []
        args = []
        memory, cpus = self.memory // self.nodes, self.cpus // self.nodes
        for node in range(self.nodes):
            args += ["-object", f"memory-backend-ram,id=node{node},size={memory}M", "-numa",
                     f"node,memdev=node{node},cpus={node * cpus}-{(node + 1) * cpus - 1}"]
        return args

    def _processor(self):
        """QEMU 7.2 (Debian 12) emulates cmpxchg16b with garbage left in the flags now and then, and
        Linux, which allocates memory with it, oopses: 3 of 8 boots. Kernels do without it."""
        old = self.accel.startswith("tcg") and 0 < self.qemu.version() < 9
        return self.cpu + ",cx16=off" if old and "cx16" not in self.cpu else self.cpu

    def _board(self):
        return "q35,smm=on" if self.firmware == "uefi-secure" else "q35"

    def vars_file(self):
        """This machine's own UEFI variables; they outlive it in the work folder."""
        return self.workdir / "vars.fd"

    def _firmware_arguments(self):
        if self.firmware == "bios":
            return []
        code = self.qemu.ovmf() / FIRMWARE[self.firmware][0]
        args = ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
                "-drive", f"if=pflash,unit=1,format=raw,file={self.vars_file()}"]
        if self.firmware == "uefi-secure":
            args += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
        return args

    def _disk_arguments(self):
        args = []
        if any(disk.bus == "usb" for disk in self.disks):
            args += ["-device", "qemu-xhci,id=xhci"]
        for number, disk in enumerate(self.disks):
            args += self._one_disk(number, disk)
        return args

    @staticmethod
    def _one_disk(number, disk):
        if disk.bus not in BUSES:
            raise ValueError(f'unknown disk bus "{disk.bus}"')
        name = f"disk{number}"
        path = str(disk.path).replace(",", ",,")
        drive = f"if=none,id={name},format={disk.image_format()},file={path}"
        if disk.bus == "cdrom":
            drive += ",media=cdrom,readonly=on"
        elif disk.snapshot:
            drive += ",snapshot=on"
        device = {
            "virtio": "virtio-blk-pci",
            "usb": "usb-storage,bus=xhci.0,removable=on",
            "nvme": "nvme",
            "sata": "ide-hd",
            "cdrom": "ide-cd",
        }[disk.bus]
        boot_index = disk.boot_index if disk.boot_index >= 0 else number + 1
        device += f",drive={name},bootindex={boot_index}"
        serial = disk.serial or (name if disk.bus == "nvme" else "")
        if serial:
            device += f",serial={serial}"
        return ["-drive", drive, "-device", device]

    def _network_arguments(self):
        if not self.nic:
            return ["-nic", "none"]
        user = "user,id=net0" + (",restrict=on" if self.restrict else "")
        # port 0: the kernel chooses, `info usernet` tells which
        for port in self.forwards.values():
            user += f",hostfwd=tcp:127.0.0.1:0-:{port}"
        # no boot ROM: no test of a disk waits for a network boot
        return ["-netdev", user, "-device", f"{self.nic},netdev=net0,mac={self.mac},romfile="]

    # Its life

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()

    def start(self):
        """Powers the machine on."""
        self.workdir.mkdir(parents=True, exist_ok=True)
        if self.firmware != "bios" and not self.vars_file().exists():
            shutil.copyfile(self.qemu.ovmf() / FIRMWARE[self.firmware][1], self.vars_file())
        command = ["setpriv", "--pdeathsig", "KILL", *self.qemu.command(), *self.arguments()]
        pairs = [socket.socketpair() for _ in range(len(self.ports) + 1)]
        for number, (_, theirs) in enumerate(pairs[1:]):
            command += ["-chardev", f"socket,id=port{number},fd={theirs.fileno()}"]
            command += PORTS[self.ports[number]](f"port{number}")
        command += ["-chardev", f"socket,id=qmp,fd={pairs[0][1].fileno()}",
                    "-mon", "chardev=qmp,mode=control"]
        (self.workdir / "qemu.args").write_text("\n".join(command) + "\n")
        try:
            self._spawn(command, pairs)
            self.qmp.negotiate()
            self._find_ports()
        except QmpError as error:
            self.fail(f"QEMU did not start: {error}")
        except BaseException:
            self.kill()
            raise
        return self

    def _spawn(self, command, pairs):
        stderr = open(self.workdir / "qemu.err", "wb")
        with stderr:
            self._started = time.monotonic()
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
                pass_fds=[theirs.fileno() for _, theirs in pairs])
        for _, theirs in pairs:
            theirs.close()
        self.qmp = Qmp(pairs[0][0], self.changed)
        self.serial = [Serial(ours, self.workdir / f"serial{number}.log", self.changed,
                              lambda: self._started)
                       for number, (ours, _) in enumerate(pairs[1:])]

    def _find_ports(self):
        """Learns which host port each forward was given."""
        if not self.forwards:
            return
        table = self.qmp.human("info usernet")
        self.host_ports = {name: usernet_port(table, port) for name, port in self.forwards.items()}
        lost = [name for name, port in self.host_ports.items() if not port]
        if lost:
            self.fail(f"no host port for forward {', '.join(lost)}")

    def seconds(self):
        """Seconds since power-on."""
        return time.monotonic() - self._started

    def halted(self):
        """Why nothing more is to be expected of it, or an empty text."""
        if self.qmp.gone:
            return "the machine went off"
        return "the machine cannot go on (emulation failed)" if self.qmp.seen("STOP") else ""

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """Ends QEMU by its PID and waits for it. Does nothing to a machine that is off."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(120)
        for port in self.serial:
            port.close()
        if self.qmp:
            self.qmp.close()

    def fail(self, why):
        """Raises MachineError with the last of what the machine said, and ends it."""
        self.kill()
        text = [f"{why} ({self.seconds():.1f} s after power-on)"]
        errors = self.workdir / "qemu.err"
        if errors.exists() and errors.stat().st_size:
            text += ["--- qemu.err", errors.read_text(errors="replace")[-2000:].rstrip()]
        for number, port in enumerate(self.serial):
            text += [f"--- serial{number}.log, last lines", port.tail()]
        raise (EmulatorFault if self._fell_over(errors) else MachineError)("\n".join(text))

    def _fell_over(self, errors):
        said = errors.read_text(errors="replace") if errors.exists() else ""
        said += "".join(port.text for port in self.serial)
        return any(re.search(words, said) for words in EMULATOR_FAULTS)

    # What it does

    def wait_for_serial(self, regex, timeout, port=0, start=0):
        """Waits until `regex` appears on a serial port (from text offset `start`); a Sighting.
        Fails after `timeout` seconds, or at once when the machine goes off without saying it."""
        serial = self.serial[port]
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0 and not self.halted():
            with self.changed:
                if self.changed.wait_for(lambda: serial.search(regex, start) or self.halted(),
                                         min(1.0, left)):
                    break
            self.progress()
        if self.qmp.gone:
            serial._thread.join(60)  # the last words may still be on their way
        found = serial.search(regex, start)
        if not found:
            why = self.halted() or f"not seen in {timeout} s"
            self.fail(f'waiting for "{regex}" on serial {port}: {why}')
        return found

    def resets(self):
        """How often it has been reset so far; more than none only where it may reboot."""
        return len(self.qmp.seen("RESET"))

    def wait_reset(self, count, timeout):
        """Waits until it has been reset so often in all."""
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0 and self.resets() < count:
            with self.changed:
                self.changed.wait_for(lambda: self.halted() or
                                      len([e for e in self.qmp.events if e["event"] == "RESET"])
                                      >= count, min(1.0, left))
            if self.halted():
                break
            self.progress()
        if self.resets() < count:
            self.fail(f"waiting for reset {count}: {self.halted() or f'not seen in {timeout} s'}")

    def http_get(self, forward, path="/", timeout=60, accept=(200,)):
        """The body (text) of the first answer with an accepted status. Tries again until
        `timeout`, because a forward takes connections before anybody listens inside."""
        url = f"http://127.0.0.1:{self.host_ports[forward]}{path}"
        longest = PROGRAM_SECONDS if path.startswith("/cgi-bin/") else ATTEMPT_SECONDS
        return self._retry(lambda left: fetch(url, left, accept), timeout, f"GET {url}", longest)

    def tcp_banner(self, forward, timeout=60):
        """The first bytes that a server inside sends by itself (SSH for one)."""
        address = ("127.0.0.1", self.host_ports[forward])
        return self._retry(lambda left: banner(address, left), timeout, f"banner of {forward}")

    def _retry(self, attempt, timeout, what, longest=ATTEMPT_SECONDS):
        end = time.monotonic() + timeout
        last = "not tried"
        while (left := end - time.monotonic()) > 0 and not self.halted():
            try:
                return attempt(min(left, longest))
            except (OSError, subprocess.TimeoutExpired) as error:
                last = error
            with self.changed:
                self.changed.wait_for(self.halted, min(1.0, max(0.05, left)))
            self.progress()
        why = self.halted() or f"no answer in {timeout} s"
        return self.fail(f"{what}: {why}: {last}")

    def powerdown(self, timeout=60):
        """Presses the power button and waits until the machine is off; returns the seconds that
        took. Fails when it had to be killed, or went off in any other way."""
        pressed = time.monotonic()
        self.qmp.execute("system_powerdown")
        self.wait_off(timeout)
        return time.monotonic() - pressed

    def wait_off(self, timeout):
        """Waits until the machine turned itself off; a reset or a panic is a failure."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.fail(f"still on after {timeout} s")
        with self.changed:
            self.changed.wait_for(lambda: self.qmp.gone, 60)
        reasons = [event["data"]["reason"] for event in self.qmp.seen("SHUTDOWN")]
        if status or "guest-shutdown" not in reasons:
            self.fail(f"did not power off cleanly: QEMU status {status}, reasons {reasons}")


def usernet_port(table, guest_port):
    """The host port of a forward in the output of `info usernet`; 0 when it is not there."""
    row = r"TCP\[HOST_FORWARD\]\s+\S+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+" + str(guest_port) + r"\s"
    found = re.search(row, table)
    return int(found[1]) if found else 0


def fetch(url, timeout, accept):
    """One HTTP GET without proxies; OSError unless the status is accepted."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout) as answer:
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
    except Exception as error:  # http.client has exceptions that are no OSError
        raise OSError(str(error)) from error
    if status not in accept:
        raise OSError(f"status {status}")
    return body.decode(errors="replace")


def banner(address, timeout):
    """The first bytes of a connection; OSError when it ends without any."""
    with socket.create_connection(address, timeout) as connection:
        data = connection.recv(256)
    if not data:
        raise ConnectionResetError("closed without a word")
    return data.decode(errors="replace")
