"""A kernel with busybox and the gasthof command, and nothing else: for what a kernel alone can show,
in seconds.

    with Bare(folder, guest, cpus=4, args="isolcpus=2-3") as machine:
        assert machine.run("cat /sys/devices/system/cpu/isolated") == "2-3"
        machine.run("gasthof status --root /machine /host.yaml")

The kernel and its initramfs are the small guest image's. `--root /machine` is the machine itself,
looked at as files: no systemd or libvirt is there to be asked.
"""

import re
import subprocess
import sys
from pathlib import Path

from machine import Machine

TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "recipes" / "guest"))

from cpio import Cpio  # noqa: E402 (its folder is known only now)

MOUNTS = ("mount -t cgroup2 none /sys/fs/cgroup; mkdir -p /machine/fs; "
          "mount -o rbind / /machine/fs; stty cols 500")


def initramfs(guest, target):
    """The small guest's initramfs, with the command and its libraries behind it."""
    subprocess.run(["make", "-s", "-j2", "-C", TREE, "all"], check=True, timeout=900)
    program = TREE / "build" / "gasthof"
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    archive = Cpio()
    for folder in ("lib", "lib/x86_64-linux-gnu", "lib64"):
        archive.folder(folder)
    archive.file("bin/gasthof", program.read_bytes(), 0o755)
    for library in sorted(set(re.findall(r"/\S+", said))):
        archive.file(library.lstrip("/"), Path(library).read_bytes(), 0o755)
    first = (Path(guest).resolve().parent / "initrd").read_bytes()
    target.write_bytes(first + b"\0" * (-len(first) % 512) + archive.bytes())


class Bare(Machine):
    """The machine; a shell on its serial port is ready when it has started."""

    def __init__(self, workdir, guest, args="", **order):
        workdir = Path(workdir)
        workdir.mkdir(parents=True, exist_ok=True)
        initramfs(guest, workdir / "initrd")
        kernel = Path(guest).resolve().parent / "vmlinuz"
        extra = ["-kernel", kernel, "-initrd", workdir / "initrd", "-append",
                 f"console=ttyS0 loglevel=1 {args}"]  # its words are not in between
        super().__init__(workdir, nic="", extra=[*order.pop("extra", []), *extra], **order)
        self.asked = 0

    def start(self):
        super().start()
        self.wait_for_serial("Please press Enter", timeout=400)
        greeted = len(self.serial[0].text)
        self.serial[0].write("\n")
        # What is typed before the shell has taken over the terminal it may never see.
        self.wait_for_serial("# ", timeout=240, start=greeted)
        # A root that became full ends in the middle of a library; what runs then is anyone's guess.
        lost = self.run("dmesg | grep 'Initramfs unpacking failed'; test -r /bin/gasthof || echo none")
        assert not lost, f"{lost}: more memory is needed"
        self.run(MOUNTS)
        return self

    def run(self, command, timeout=300):
        """What a command line said, without its end."""
        self.asked += 1
        start = len(self.serial[0].text)
        # Echoed as typed it does not look like what it says.
        self.serial[0].write(f"echo be'gun' {self.asked}; {command}; echo en'ded' {self.asked}\n")
        begun = self.wait_for_serial(rf"^begun {self.asked}\r?$", timeout, start=start)
        ended = self.wait_for_serial(rf"^ended {self.asked}\r?$", timeout, start=start)
        text = self.serial[0].text[begun.match.end():ended.match.start()]
        return text.replace("\r", "").strip("\n")

    def write(self, path, text):
        """Writes a file of a few lines."""
        quoted = text.replace("\\", "\\\\").replace("\n", "\\n").replace("'", "'\\''")
        self.run(f"printf '{quoted}' >{path}")
