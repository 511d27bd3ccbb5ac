"""What a program wrote, and how to end it in the middle: strace around one in a container."""

import re
import subprocess
from pathlib import Path

from container import Broken, Container, die_with_parent

CHANGES = (
    "open,openat,openat2,creat,truncate,ftruncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,"
    "mkdirat,rmdir,link,linkat,symlink,symlinkat,mknod,mknodat,chmod,fchmod,fchmodat,chown,fchown,"
    "lchown,fchownat,setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr"
)
# Where a run goes through before and after each step: what was written is made durable, or takes its
# name. Every run does that as often; how often it asks somebody depends on who is slow.
EFFECTS = "fsync,fdatasync,rename,renameat,renameat2,linkat,unlink,unlinkat"
CALL = re.compile(r"^\d+\s+(\w+)\((.*)\)\s+= (-?\d+|\?)(.*)$")
PLACE = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>(?:\([^)]*\))?, )?"((?:[^"\\]|\\.)*)"')
OPENED = re.compile(r"<([^>]*)>")


def run(container: Container, log: Path, options: list[str], argv: list[str], timeout: float = 400):
    """Run argv inside under strace, which follows its children. Returns the finished process."""
    command = ["strace", "-f", "-qq", "-s", "4096", "-o", str(log), *options]
    command += container.enter(argv)
    try:
        return subprocess.run(
            command,
            env=container.env(None),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            preexec_fn=die_with_parent,
        )
    except subprocess.TimeoutExpired:
        raise Broken(f"{' '.join(argv)}: no end within {timeout:g} s under strace") from None


def written(container: Container, log: Path, *argv: str) -> list[str]:
    """`call path` for every change to a file system that a program and its children made."""
    done = run(container, log, ["-y", "-e", f"trace={CHANGES}"], list(argv))
    if done.returncode != 0:
        raise Broken(f"{' '.join(argv)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    lines = log.read_text(errors="replace").splitlines()
    return [change for line in lines if (change := parse(line))]


def parse(line: str) -> str | None:
    match = CALL.match(line)
    if match is None or match[3].startswith("-"):
        return None
    call, words = match[1], match[2]
    if call.startswith("open") and not re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC)", words):
        return None
    places = list(PLACE.finditer(words))
    if not places:  # a call on a descriptor
        opened = OPENED.search(words)
        return f"{call} {opened[1] if opened else words}"
    folder, path = places[-1][1] or "", places[-1][2]  # of two, the one that is made
    return f"{call} {path if path.startswith('/') else f'{folder}/{path}'}"


def effects(container: Container, log: Path, *argv: str) -> list[tuple[str, int]]:
    """The way of the busiest process through EFFECTS: each call and the how-manieth of its name."""
    run(container, log, ["-e", f"trace={EFFECTS}"], list(argv))
    ways: dict[str, list[str]] = {}
    for line in log.read_text(errors="replace").splitlines():
        match = CALL.match(line)
        if match:
            ways.setdefault(line.split()[0], []).append(match[1])
    way = max(ways.values(), key=len)
    return [(call, way[: at + 1].count(call)) for at, call in enumerate(way)]


def kill_at(container: Container, log: Path, place: tuple[str, int], *argv: str) -> bool:
    """Run a program that dies by SIGKILL at one place of its way. False: it never came there; a
    helper that it started may have come there instead."""
    call, nth = place
    inject = ["-e", f"trace={EFFECTS},execve", "-e", f"inject={call}:signal=KILL:when={nth}"]
    run(container, log, inject, list(argv))
    said = log.read_text(errors="replace")
    itself = re.search(rf'^(\d+) +execve\("[^"]*/{argv[0]}", .* = 0$', said, re.M)
    return bool(itself and re.search(rf"^{itself[1]} +\+\+\+ killed by SIGKILL", said, re.M))
