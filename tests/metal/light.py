"""The appliance as tests and the demo boot it: a description stamped onto the image, a machine
that can carry it, and a shell inside over SSH.

The description that is stamped is config/demo.yaml, included by a small file made here, which adds
what is only known now: the guest image's digest, and a key to log in with.
"""

import base64
import functools
import os
import subprocess
from pathlib import Path

from machine import Disk, Machine, MachineError, Qemu

TREE = Path(__file__).resolve().parents[2]
DEMO = TREE / "config" / "demo.yaml"
MEMORY = 2048  # MiB
CPUS = 2
# Word of the kernel's for a machine whose KVM guests boot by UEFI: their clock ticks twice a second.
# An emulated AMD processor aborts QEMU (7.2 to 11.1) when a guest of its guest writes CR8 while an
# interrupt waits: helper_write_crN calls cpu_interrupt without the big lock. OVMF writes it at the end
# of each tick, a hundred times a second otherwise; on a busy machine the next one is there by then.
SLOW_TICKS = "kvm.min_timer_period_us=500000"
DISK_SIZE = "6G"  # room for /var, which is made at first boot; sparse


class ApplianceError(Exception):
    """Something that the appliance needs could not be made; one line."""


def call(command, what, **more):
    """Runs a command; its last line is the error when it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, **more)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise ApplianceError(f"{what}: {last[0]}")
    return done.stdout


@functools.cache
def best_qemu():
    """The build machine's QEMU or, where that is older than 9 and we are root, the tools root's,
    which emulates better (see Machine._processor) and knows more devices."""
    own = Qemu()
    if own.version() >= 9 or os.geteuid() != 0:
        return own
    done = subprocess.run([TREE / "recipes" / "roots", "path", "tools"], stdout=subprocess.PIPE,
                          text=True, check=False)
    return Qemu(done.stdout.strip()) if done.returncode == 0 else own


def nested():
    """Whether this machine's KVM lets guests have KVM of their own."""
    for vendor in ("kvm_intel", "kvm_amd"):
        switch = Path(f"/sys/module/{vendor}/parameters/nested")
        if switch.exists():
            return switch.read_text().strip() in ("Y", "1")
    return False


def best_accel(guest, folder):
    """The arguments of Machine for the fastest way to run a machine with KVM inside it: this
    machine's own KVM, where nesting is on and the guest image is seen to boot with it (there are
    machines with a /dev/kvm that cannot run a stock kernel); else emulation, which has AMD SVM."""
    if os.access("/dev/kvm", os.W_OK) and nested():
        order = {"accel": "kvm", "cpu": "host"}
        try:
            with Machine(folder, disks=[Disk(guest)], memory=128, nic="", **order) as trial:
                trial.wait_for_serial("guest .*: serving", timeout=30)
            return order
        except MachineError:
            pass
    return {"accel": "tcg,thread=multi", "cpu": "max"}


def make_key(folder):
    """A key pair for one machine; returns the path of the private half."""
    key = folder / "key"
    if not key.exists():
        call(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", key], "ssh-keygen")
    return key


def description(digest, key=None, includes=()):
    """The text of the stamped host.yaml, which includes demo.yaml and other files."""
    names = ", ".join(["demo.yaml", *(Path(file).name for file in includes)])
    text = f'gasthof: 1\ninclude: [{names}]\nimages:\n  small: {{sha256: "{digest}"}}\n'
    if key:
        public = Path(f"{key}.pub").read_text().strip()
        text += f'host:\n  users:\n    root: {{ssh_keys: ["{public}"]}}\n'
    return text


def stamp(image, guest, folder, key=None, name="medium.raw", options="", adds="", includes=()):
    """Makes a bootable medium in `folder`: the appliance's image with the demo's description and
    the guest image on it. `adds` is YAML behind what the stamped host.yaml says, `includes` are
    files that it includes besides. Returns its path."""
    digest = Path(f"{guest}.sha256").read_text().split()[0]
    host = folder / "host.yaml"
    host.write_text(description(digest, key, includes) + adds)
    medium = folder / name
    more = ["--options", options] if options else []
    for file in includes:
        more += ["--file", f"{file}:{Path(file).name}"]
    call([TREE / "installer" / "stamp", image, host, "-o", medium, "--size", DISK_SIZE,
          "--file", f"{DEMO}:demo.yaml", "--file", f"{guest}:images/guest-small.qcow2", *more],
         "stamping")
    return medium


class Appliance(Machine):
    """The machine with the demo's forwards: `web` is port 8080, which leads to the guest, `ssh` is
    the host's own. Its first disk is written to: it is a copy."""

    def __init__(self, workdir, medium, bus="virtio", key=None, others=(), **order):
        disks = [Disk(medium, bus=bus, format="raw", snapshot=False), *others]
        order.setdefault("memory", MEMORY)
        order.setdefault("cpus", CPUS)
        order.setdefault("firmware", "uefi")
        super().__init__(workdir, disks=disks, restrict=True,
                         forwards={"web": 8080, "ssh": 22}, **order)
        self.key = key

    def ssh(self, *command, timeout=300, check=True):
        """Runs a command line in the appliance as root; returns the CompletedProcess. A status
        other than 0 is an error of the test unless `check` is false; a lost connection always."""
        try:
            done = self._ssh(command, timeout)
        except subprocess.TimeoutExpired:
            self.fail(f"ssh {' '.join(command)}: no end in {timeout} s")
        if done.returncode == 255 or (check and done.returncode):
            self.fail(f"ssh {' '.join(command)}: status {done.returncode}\n{done.stdout}"
                      f"{done.stderr}")
        return done

    def _ssh(self, command, timeout, data=subprocess.DEVNULL):
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes",
                   "LogLevel=ERROR", f"ConnectTimeout={timeout}",
                   # of a machine that was reset nobody ends the connection
                   "ServerAliveInterval=30", "ServerAliveCountMax=8"]
        words = ["ssh", "-F", "/dev/null", "-i", str(self.key), "-p", str(self.host_ports["ssh"])]
        words += [word for option in options for word in ("-o", option)]
        return subprocess.run([*words, "root@127.0.0.1", *command], stdin=data,
                              capture_output=True, text=True, timeout=timeout, check=False)

    def put(self, source, path, timeout=300):
        """Copies a file into the appliance; `path` is for its shell."""
        with open(source, "rb") as data:
            done = self._ssh((f'cat >"{path}"',), timeout, data)
        if done.returncode:
            self.fail(f"cannot put {path}: {done.stderr}")

    def write(self, path, text):
        """Writes a file in the appliance."""
        encoded = base64.b64encode(text.encode()).decode()
        self.ssh(f"printf %s {encoded} | base64 -d >{path}")

    def guest_get(self, address, path="/", timeout=300):
        """The body of the first answer of a guest's web server, asked from the appliance, which
        has no client for HTTP but its shell."""
        line = (f"exec 3<>/dev/tcp/{address}/80 && printf 'GET {path} HTTP/1.0\\r\\n\\r\\n' >&3 && "
                "timeout 240 cat <&3")

        def ask(_left):
            done = self._ssh((line,), 400)
            head, _, body = done.stdout.partition("\n\n")
            if done.returncode or "200 OK" not in head:  # an answer may be cut short, too
                raise OSError(done.stdout + done.stderr)
            return body

        return self._retry(ask, timeout, f"GET http://{address}{path}")

    def wait_until(self, what, command, timeout=400):
        """Waits until a command line in the appliance ends with 0; returns what it printed."""
        def attempt(_left):
            done = self._ssh((command,), 300)
            if done.returncode:
                raise OSError(f"status {done.returncode}\n{done.stdout}{done.stderr}")
            return done.stdout

        return self._retry(attempt, timeout, what)

    def reboot(self, timeout=600):
        """Asks it to start anew and waits until it does. The connection may go before its answer."""
        before = self.resets()
        try:
            self._ssh(("systemctl", "--no-block", "reboot"), timeout)
        except subprocess.TimeoutExpired:
            pass
        self.wait_reset(before + 1, timeout)

    def wait_for_ssh(self, timeout=600):
        """Waits until the SSH server greets and lets us in."""
        self.tcp_banner("ssh", timeout)
        return self._retry(self._try_ssh, timeout, "log in by SSH")

    def _try_ssh(self, _left):
        try:  # an emulated machine that is still starting may take a minute to let us in
            done = self._ssh(("true",), 180)
        except subprocess.TimeoutExpired as error:
            raise OSError("no answer in 180 s") from error
        if done.returncode:
            raise OSError(done.stderr)

    def wait_settled(self, timeout=600):
        """Waits until a plan is empty; returns what `gasthof plan` printed."""
        return self._retry(self._try_plan, timeout, "an empty plan")

    def _try_plan(self, _left):
        done = self._ssh(("gasthof", "plan", "--exit-code"), 300)
        if done.returncode:
            raise OSError(f"status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout
