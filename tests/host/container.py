"""A Debian host in a container: boots in two seconds, keeps nothing.

The container is a throw-away copy of a root tree: an overlay whose lower layers (the tree, and what
`make install` staged) are never written. Everything runs below one systemd-nspawn in a mount
namespace, a cgroup and a network namespace of its own, so that the end of that one process is the
end of all of it; only a working folder and empty cgroups remain, and stop() removes those. If the
tests themselves are killed, the kernel takes the container down and the next start sweeps the rest.

Needs root, systemd-nspawn and overlayfs. PID 1 of the build machine need not be systemd.
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

WORK_PREFIX = "gasthof-host-"
NSPAWN = (
    "systemd-nspawn",
    "--register=no",
    "--keep-unit",
    "--private-network",
    "--notify-ready=yes",
    "--console=pipe",
    "--boot",
)
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
POWER_OFF = signal.SIGRTMIN + 4  # systemd: start poweroff.target


class Broken(Exception):
    """The container did not do what was asked of it; the text says what it showed last."""


def wait_for(what: str, probe: Callable[[], object], timeout: float = 90.0):
    """The first true result of probe(); Broken, naming `what`, after `timeout` seconds."""
    end = time.monotonic() + timeout
    while True:
        seen = probe()
        if seen:
            return seen
        if time.monotonic() > end:
            raise Broken(f"{what}: not seen within {timeout:g} s")
        time.sleep(0.05)


def until(what: str, look: Callable[[], object], judge: Callable, timeout: float = 90.0):
    """What look() sees, once it pleases judge(); Broken with what it saw last otherwise."""
    end = time.monotonic() + timeout
    while True:
        seen = look()
        if judge(seen):
            return seen
        if time.monotonic() > end:
            raise Broken(f"{what}: not so within {timeout:g} s, but\n{seen}")
        time.sleep(0.05)


def die_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


def only_child(pid: int) -> int:
    """The one child of a process: of unshare it is nspawn, of nspawn the container's PID 1."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def cgroup_roots() -> list[Path]:
    """The hierarchies in which systemd-nspawn makes groups: the unified one and systemd's own."""
    base = Path("/sys/fs/cgroup")
    if (base / "cgroup.procs").exists():
        return [base]
    return [root for root in (base / "unified", base / "systemd") if root.is_dir()]


def remove_cgroup(top: Path) -> bool:
    """End what still runs in a group of ours and remove it; False while something still ends."""
    if (top / "cgroup.kill").exists():
        (top / "cgroup.kill").write_text("1")
    for folder, _, _ in os.walk(top, topdown=False):
        try:
            os.rmdir(folder)
        except OSError:
            pass
    return not top.exists()


def sweep() -> None:
    """Remove what containers of dead test runs left: working folders and empty cgroups."""
    found = [p for p in Path(tempfile.gettempdir()).glob(WORK_PREFIX + "*") if p.is_dir()]
    found += [p for root in cgroup_roots() for p in root.glob(WORK_PREFIX + "*")]
    for path in found:
        owner = path.name.removeprefix(WORK_PREFIX).split("-")[0]
        if owner.isdigit() and Path("/proc", owner).exists():
            continue
        if path.is_relative_to("/sys"):
            remove_cgroup(path)
        else:
            shutil.rmtree(path, ignore_errors=True)


class Container:
    """One booted container. `layers` are trees laid over `root`, the first one on top; `binds` are
    seen inside read-only, `shares` are written to ("OUTSIDE:INSIDE")."""

    def __init__(
        self,
        root: Path,
        layers: Sequence[Path] = (),
        binds: Sequence[str] = (),
        shares: Sequence[str] = (),
    ):
        self.root = Path(root)
        self.layers = [Path(layer) for layer in layers]
        self.binds = list(binds)
        self.shares = list(shares)
        self.leader = 0
        self.boot_seconds = 0.0
        self.nspawn: subprocess.Popen | None = None
        self.work: Path | None = None
        self.cgroups: list[Path] = []

    def __enter__(self) -> "Container":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    # ---- life ----

    def start(self, timeout: float = 180.0) -> "Container":
        """Boot, and return when systemd inside says that it is ready."""
        sweep()
        self.work = Path(tempfile.mkdtemp(prefix=f"{WORK_PREFIX}{os.getpid()}-"))
        for name in ("upper", "workdir", "root"):
            (self.work / name).mkdir()
        (self.work / "upper").chmod(0o755)
        self.cgroups = [root / self.work.name for root in cgroup_roots()]
        for group in self.cgroups:
            group.mkdir()
        try:
            self.boot(timeout)
        except Broken:
            self.stop()
            raise
        return self

    def _launch(self) -> None:
        lower = ":".join(str(p) for p in [*self.layers, self.root])
        dirs = f"lowerdir={lower},upperdir={self.work}/upper,workdir={self.work}/workdir"
        # The overlay is mounted in nspawn's own mount namespace and ends with it; nspawn is PID 1
        # of a PID namespace because its container would outlive a nspawn that is killed.
        script = 'mount -t overlay overlay -o "$1" "$2" && shift 2 && exec "$@"'
        argv = ["unshare", "--fork", "--pid", "--kill-child", "--mount", "--mount-proc"]
        argv += ["sh", "-c", script, "sh", dirs, f"{self.work}/root"]
        argv += [*NSPAWN, f"--directory={self.work}/root", "--machine=host"]
        argv += ["--hostname=host", *(f"--bind-ro={b}" for b in self.binds)]
        argv += [f"--bind={share}" for share in self.shares]
        env = dict(os.environ, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1")
        env["NOTIFY_SOCKET"] = str(self.work / "notify")

        def prepare() -> None:
            die_with_parent()
            for group in self.cgroups:
                (group / "cgroup.procs").write_text("0")

        with open(self.work / "console", "wb") as console:
            self.nspawn = subprocess.Popen(
                argv,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                preexec_fn=prepare,
            )

    def _await_ready(self, notify: socket.socket, timeout: float) -> None:
        end = time.monotonic() + timeout
        pidfd = os.pidfd_open(self.nspawn.pid)
        try:
            while True:
                wait = max(0.0, end - time.monotonic())
                ready, _, _ = select.select([notify, pidfd], [], [], wait)
                if notify not in ready:
                    why = "ended" if ready else f"was not ready within {timeout:g} s"
                    raise Broken(f"container {why}; its console says:\n{self.console()[-3000:]}")
                lines = notify.recv(8192).decode().split("\n")
                if "READY=1" in lines:
                    self.leader = only_child(only_child(self.nspawn.pid))
                    return
        finally:
            os.close(pidfd)

    def stop(self) -> None:
        """Pull the plug (nothing in here wants to be saved) and remove every trace."""
        if self.nspawn is not None:
            self.nspawn.kill()
            self.nspawn.wait(60)
        self.nspawn, self.leader = None, 0
        for group in self.cgroups:
            wait_for(f"end of {group}", lambda: remove_cgroup(group))
        self.cgroups = []
        if self.work is not None:
            shutil.rmtree(self.work)
            self.work = None

    def power_off(self, timeout: float = 60.0) -> bool:
        """Shut down in order. False when that took longer than `timeout` and the plug was pulled
        (libvirt-guests.service never ends if libvirtd was still starting)."""
        try:
            os.kill(self.leader, POWER_OFF)
            self.nspawn.wait(timeout)
            return True
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait(60)
            return False

    def boot(self, timeout: float = 180.0) -> None:
        """Boot the tree as power_off() left it: what was written is there, /run is new."""
        (self.work / "notify").unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(str(self.work / "notify"))
            begin = time.monotonic()
            self._launch()
            self._await_ready(notify, timeout)
        self.boot_seconds = time.monotonic() - begin

    def console(self) -> str:
        return (self.work / "console").read_text(errors="replace")

    # ---- work inside ----

    def enter(self, argv: Sequence[str]) -> list[str]:
        """The command that runs argv inside, for those who start it themselves (strace.py)."""
        return ["nsenter", f"--target={self.leader}", "--all", "--root", "--wdns=/", "--", *argv]

    def run(
        self,
        *argv: str,
        timeout: float = 180.0,
        input: str | bytes | None = None,
        check: bool = True,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end. With check, an exit status other than 0 raises Broken."""
        data = input.encode() if isinstance(input, str) else input
        if data is None:
            data = b""
        try:
            done = subprocess.run(
                self.enter(argv),
                input=data,
                capture_output=True,
                timeout=timeout,
                env=self.env(env),
            )
        except subprocess.TimeoutExpired as late:
            said = ((late.stdout or b"") + (late.stderr or b"")).decode(errors="replace")
            raise Broken(f"{' '.join(argv)}: no end within {timeout:g} s\n{said[-3000:]}") from None
        out, err = (b.decode(errors="surrogateescape") for b in (done.stdout, done.stderr))
        if check and done.returncode != 0:
            raise Broken(f"{' '.join(argv)}: exit status {done.returncode}\n{out}{err}")
        return subprocess.CompletedProcess(list(argv), done.returncode, out, err)

    def out(self, *argv: str, **how) -> str:
        """What a program that must succeed printed, without the last newline."""
        return self.run(*argv, **how).stdout.rstrip("\n")

    def fetch(self, url: str, seconds: int = 20) -> str:
        """What a web server that it reaches says, "" where none does; the client is the build
        machine's, which not every tree has."""
        argv = ["nsenter", f"--target={self.leader}", "--net", "curl", "-sf", "-m", str(seconds)]
        return subprocess.run([*argv, url], capture_output=True, text=True, check=False).stdout

    def spawn(self, *argv: str, **how) -> subprocess.Popen:
        """Start a program inside and return at once; the caller waits for it."""
        how.setdefault("stdin", subprocess.DEVNULL)
        how.setdefault("stdout", subprocess.PIPE)
        how.setdefault("stderr", subprocess.STDOUT)
        return subprocess.Popen(
            self.enter(argv), env=self.env(None), preexec_fn=die_with_parent, **how
        )

    @staticmethod
    def env(extra: dict[str, str] | None) -> dict[str, str]:
        """What programs inside see: nothing of the build machine's environment."""
        plain = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        return {**plain, "HOME": "/root", "LANG": "C.UTF-8", **(extra or {})}

    def put(self, path: str, content: str | bytes, mode: int = 0o644) -> None:
        """Write a file inside, its folders made as needed."""
        script = 'mkdir -p "${1%/*}" && cat >"$1" && chmod "$2" "$1"'
        self.run("sh", "-c", script, "put", path, f"{mode:o}", input=content)

    def get(self, path: str) -> bytes:
        """A file's bytes."""
        return self.run("cat", "--", path).stdout.encode(errors="surrogateescape")

    def exists(self, path: str) -> bool:
        return self.run("test", "-e", path, check=False).returncode == 0

    def unit(self, name: str) -> str:
        """ActiveState of a unit."""
        return self.out("systemctl", "show", "--property=ActiveState", "--value", name)

    def wait_unit(self, name: str, state: str = "active", timeout: float = 90.0) -> None:
        """Wait until a unit is in `state`; a unit that failed instead ends the wait at once."""

        def probe() -> bool:
            now = self.unit(name)
            if now == "failed" and state != "failed":
                raise Broken(f"{name} failed:\n{self.journal(name)}")
            return now == state

        wait_for(f"{name} {state}", probe, timeout)

    def journal(self, unit: str | None = None, lines: int = 60) -> str:
        """The end of the journal, of one unit or of all, with what was said up to now: journald
        takes it from those who say it when it comes to it."""
        self.run("journalctl", "--sync", check=False)
        argv = ["journalctl", "--boot", "--no-pager", f"--lines={lines}"]
        return self.out(*argv, *([f"--unit={unit}"] if unit else []), check=False)
