#!/usr/bin/python3
"""The law of taking over, on other people's libvirt XML and a real libvirt.

Every file below $GASTHOF_CORPUS/libvirt-*/ that libvirt in the container takes is defined there under a
name of its own.  Then the host is described (`gasthof export`), taken over (`gasthof adopt all`) and
planned: nothing may be left to do, and every definition is to be what it was but for our mark.

With --start all that can be started are, paused, with disks of their own; then they must keep their
process, and what runs must be as it was as well.

What libvirt refuses as it is it gets once more made for the machine at hand (emulated, by the emulator
and with the machines that are there); what cannot be beside another (the same folder) comes to a
second host.  What libvirt refuses then is counted by its sentence.

    tests/host/corpus.py [--root ROOT] [--start] [--verbose] [NAME...]
"""

import argparse
import collections
import json
import os
import re
import sys
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from container import Container
from described import DESCRIPTION
from trees import root_tree, staged

FOLDER = "/srv/corpus"
EMULATOR = "/usr/bin/qemu-system-x86_64"
MARK = re.compile(r"\s*<gasthof:item\b.*?(?:/>|</gasthof:item>)", re.S)
EMPTY = re.compile(r"\s*<metadata>\s*</metadata>|\s*<metadata/>")
# libvirt's words for what cannot be beside another; a host for each until none is left
CROWDED = re.compile(r"already in use|conflict with pool|already exists|already defined")
HOSTS_MAX = 4
STARTED_TOGETHER = 30
IMAGES = "/srv/disks"
ROOM_KIB = 4 << 20


@dataclass(frozen=True)
class Sort:
    """One sort of libvirt's objects: the folder of the corpus, virsh's words, and where we describe it."""

    folder: str
    prefix: str
    kind: str
    flags: str


SORTS = (
    Sort("domains", "", "guests", "--inactive --security-info"),
    Sort("networks", "net-", "libvirt.networks", "--inactive"),
    Sort("pools", "pool-", "libvirt.pools", "--inactive"),
)


@dataclass
class Outcome:
    """What became of all files; everything but `taken`, `refused` and `notes` is to be empty."""

    taken: dict[str, list[str]] = field(default_factory=lambda: {sort.folder: [] for sort in SORTS})
    refused: dict[str, str] = field(default_factory=dict)  # folder/name -> libvirt's sentence
    started: list[str] = field(default_factory=list)
    idle: dict[str, str] = field(default_factory=dict)  # name -> why it does not start
    notes: list[str] = field(default_factory=list)  # what export says at the top
    faults: list[str] = field(default_factory=list)  # commands that ended otherwise than they should
    changed: dict[str, str] = field(default_factory=dict)  # folder/name -> what is not as it was
    foreign: list[str] = field(default_factory=list)  # folder/name that are not ours afterwards
    planned: dict[str, dict] = field(default_factory=dict)  # item of the plan that is not empty

    def is_lawful(self) -> bool:
        return not (self.faults or self.changed or self.foreign or self.planned)


# ---- the files, made to fit one host ----


def files_of(sort: Sort, names=()) -> list[Path]:
    corpus = Path(os.environ.get("GASTHOF_CORPUS") or "/nonexistent")
    return [path for path in sorted(corpus.glob(f"libvirt-*/{sort.folder}/*.xml"))
            if not names or any(name in path.name for name in names)]


def called(sort: Sort, text: str, name: str) -> str:
    """The same under a name, a UUID and a bridge of its own: most files have the same."""
    own = uuid.uuid5(uuid.NAMESPACE_URL, f"{sort.folder}/{name}")
    if sort.folder == "networks":
        text = re.sub(r"(<bridge\b[^>]*\bname=)(['\"])\w+\2", rf"\1'b{own.hex[:8]}'", text)
    text = re.sub(r"\s*<uuid>.*?</uuid>", "", text, count=1, flags=re.S)
    return re.sub(r"<name>.*?</name>", f"<name>{name}</name><uuid>{own}</uuid>", text, count=1, flags=re.S)


def for_this_machine(text: str) -> str:
    text = re.sub(r"(<domain\b[^>]*\btype=)(['\"])\w+\2", r"\1'qemu'", text, count=1)
    text = re.sub(r"<emulator>.*?</emulator>", f"<emulator>{EMULATOR}</emulator>", text)
    text = re.sub(r"(<type\b[^>]*\bmachine=)(['\"])pc-q35-[^'\"]*\2", r"\1'q35'", text)
    return re.sub(r"(<type\b[^>]*\bmachine=)(['\"])pc-(i440fx-|[01]\.)[^'\"]*\2", r"\1'pc'", text)


def startable(text: str, name: str) -> tuple[str, dict[str, str]]:
    """With disks and addresses of its own: the text, and the images it needs with their formats."""
    images: dict[str, str] = {}

    def disk(match: re.Match) -> str:
        body = match.group(0)
        kind = (re.search(r"<driver\b[^>]*\btype=['\"](\w+)", body) or [None, "raw"])[1]
        path = f"{IMAGES}/{name}-{len(images)}.img"
        if not re.search(r"<source\b[^>]*\b(?:file|dev)=", body):
            return body
        images[path] = kind
        body = re.sub(r"(<disk\b[^>]*\btype=)(['\"])block\2", r"\1'file'", body, count=1)
        return re.sub(r"(<source\b[^>]*?)\b(?:file|dev)=(['\"]).*?\2", rf"\1file='{path}'", body, count=1)

    def mac(_: re.Match) -> str:
        mac.count += 1
        own = uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/{mac.count}").hex
        return f"<mac address='52:54:00:{own[0:2]}:{own[2:4]}:{own[4:6]}'/>"

    mac.count = 0
    text = re.sub(r"<mac\s+address=['\"][^'\"]*['\"]\s*/>", mac, text)
    return re.sub(r"<disk\b.*?</disk>", disk, text, flags=re.S), images


# ---- libvirt ----


def virsh(container: Container, commands: dict[str, str]) -> dict[str, str]:
    """What each of the commands says, by its key: one virsh for all of them."""
    lines = [line for key, command in commands.items() for line in (f"echo '>>> {key}'", command)]
    done = container.run("sh", "-c", "virsh 2>&1", input="\n".join([*lines, "quit", ""]), timeout=600,
                         check=False)
    said, key = {}, ""
    for line in done.stdout.split("\n"):
        if line.startswith("virsh # "):  # it repeats what it reads
            continue
        if line.startswith(">>> "):
            key = line[4:]
            said[key] = ""
        elif key:
            said[key] += line + "\n"
    return said


class Host:
    """A container with some of the files defined in it."""

    def __init__(self, container: Container, shared: str, outcome: Outcome):
        self.container, self.shared, self.outcome = container, Path(shared), outcome
        self.there: list[tuple[Sort, str]] = []
        self.running: list[str] = []

    def define(self, sort: Sort, texts: dict[str, str]) -> dict[str, str]:
        """name -> why not, of those that libvirt refuses."""
        for name, text in texts.items():
            (self.shared / f"{name}.xml").write_text(text)
        said = virsh(self.container, {name: f"{sort.prefix}define {FOLDER}/{name}.xml" for name in texts})
        refused = {name: re.sub(r"(?s)^error: [^\n]*\n(error: )?", "", words).strip()
                   for name, words in said.items() if "error:" in words}
        self.there += [(sort, name) for name in texts if name not in refused]
        return refused

    def fill(self, sort: Sort, files: list[Path]) -> list[Path]:
        """Defines what it can; returns what has no room beside the others."""
        texts = {path.stem: called(sort, path.read_text(), path.stem) for path in files}
        refused = self.define(sort, texts)
        refused = self.define(sort, {name: for_this_machine(texts[name]) for name in refused})
        later = [path for path in files if CROWDED.search(refused.get(path.stem, "")) and len(files) > 1]
        for path in later:
            del refused[path.stem]
        self.outcome.refused |= {f"{sort.folder}/{name}": why for name, why in refused.items()}
        return later

    def fill_startable(self, sort: Sort, files: list[Path]) -> None:
        texts, images = {}, {}
        for path in files:
            text = for_this_machine(called(sort, path.read_text(), path.stem))
            texts[path.stem], needed = startable(text, path.stem)
            images |= needed
        make = "".join(f"qemu-img create -q -f {kind} {path} 8M\n" for path, kind in images.items())
        self.container.run("sh", "-c", f"mkdir -p {IMAGES}\n{make}true", timeout=300)
        virsh(self.container, {"network": "net-start default"})
        refused = self.define(sort, texts)
        self.outcome.refused |= {f"{sort.folder}/{name}": why for name, why in refused.items()}

    def can_start(self, name: str) -> bool:
        """Some have all their memory allocated, some wait for a process that is never there."""
        xml = (self.shared / f"{name}.xml").read_text()
        size = int(re.search(r"Max memory: *(\d+) KiB", self.container.out("virsh", "dominfo", name))[1])
        why = "larger than what is started here" if size > ROOM_KIB else \
            "waits for another process" if "vhostuser" in xml else None
        if why:
            self.outcome.idle[name] = why
        return not why

    def start(self) -> None:
        """What starts, paused, and runs no instruction of its own."""
        names = [name for sort, name in self.there if sort.folder == "domains" and self.can_start(name)]
        said = virsh(self.container, {name: f"start --paused {name}" for name in names})
        for name, words in said.items():
            if "error:" in words:
                self.outcome.idle[name] = re.sub(r"(?s)^error: [^\n]*\n(error: )?", "", words).strip()
            else:
                self.running.append(name)
        self.outcome.started += self.running

    def definitions(self) -> dict[str, str]:
        commands = {f"{sort.folder}/{name}": f"{sort.prefix}dumpxml {sort.flags} {name}"
                    for sort, name in self.there}
        commands |= {f"domains/{name} (running)": f"dumpxml --security-info {name}" for name in self.running}
        return virsh(self.container, commands)

    def processes(self) -> dict[str, str]:
        return {name: self.container.out("cat", f"/run/libvirt/qemu/{name}.pid") for name in self.running}

    # ---- the law ----

    def gasthof(self, *argv: str, accept=(0,)) -> str:
        done = self.container.run("gasthof", *argv, check=False, timeout=600)
        if done.returncode not in accept:
            said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
            self.outcome.faults.append(f"gasthof {' '.join(argv)}: {done.returncode}\n{said}")
        return done.stdout

    def compare(self, before: dict[str, str], after: dict[str, str]) -> None:
        for key, old in before.items():
            new = after.get(key, "")
            if key.startswith("domains/") and not MARK.search(new):
                self.outcome.foreign.append(key)
            old, new = (EMPTY.sub("", MARK.sub("", text)) for text in (old, new))
            if old != new:
                self.outcome.changed[key] = first_difference(old, new)

    def take_over(self) -> None:
        before, processes = self.definitions(), self.processes()
        text = self.gasthof("export")
        self.outcome.notes += [line for line in text.split("\n") if line.startswith("# ")]
        self.container.put(DESCRIPTION, text)
        self.gasthof("validate", DESCRIPTION)
        self.gasthof("adopt", "all")
        self.compare(before, self.definitions())
        if processes != self.processes():
            self.outcome.faults.append(f"other processes: {processes} -> {self.processes()}")
        plan = json.loads(self.gasthof("plan", "-o", "json", accept=(0, 2, 5)) or "{}")
        items = {item["item"]: item for item in plan.get("items", ())}
        for item in items.values():
            idle = not (item["differs"] or item["steps"] or item["waits"] or item.get("blocked"))
            if not idle and not (self.running and is_balloon(item)):
                self.outcome.planned[item["item"]] = item
        for sort, name in self.there:
            if sort.folder != "domains" and name not in text:
                self.outcome.foreign.append(f"{sort.folder}/{name}")
            else:
                self.outcome.taken[sort.folder].append(name)


def is_balloon(item: dict) -> bool:
    """A guest that runs no instruction gives no memory back: its plan waits for that, rightly."""
    return [path["path"] for path in item["differs"]] == ["memory.size"] and not item["steps"]


def first_difference(before: str, after: str) -> str:
    old, new = before.split("\n"), after.split("\n")
    for one, other in zip(old, new):
        if one != other:
            return f"{one.strip()} -> {other.strip()}"
    return f"{len(old)} lines -> {len(new)} lines"


def judge(root: Path, layer: Path, names=()) -> Outcome:
    """All files, on as many hosts as it takes."""
    outcome = Outcome()
    waiting = {sort: files_of(sort, names) for sort in SORTS}
    for _ in range(HOSTS_MAX):
        if not any(waiting.values()):
            return outcome
        with tempfile.TemporaryDirectory() as shared, \
                Container(root, [layer], binds=[f"{shared}:{FOLDER}"]) as container:
            host = Host(container, shared, outcome)
            waiting = {sort: host.fill(sort, files) for sort, files in waiting.items() if files}
            host.take_over()
    outcome.faults.append(f"{sum(map(len, waiting.values()))} files found no room on {HOSTS_MAX} hosts")
    return outcome


def judge_running(root: Path, layer: Path, names=()) -> Outcome:
    """Guests alone, so many at a time that they have room, each on a host of their own."""
    outcome, sort = Outcome(), SORTS[0]
    files = files_of(sort, names)
    for first in range(0, len(files), STARTED_TOGETHER):
        with tempfile.TemporaryDirectory() as shared, \
                Container(root, [layer], binds=[f"{shared}:{FOLDER}"]) as container:
            host = Host(container, shared, outcome)
            host.fill_startable(sort, files[first : first + STARTED_TOGETHER])
            host.start()
            host.take_over()
            print(f"{first + len(host.there)} files, {summary(outcome)}", file=sys.stderr, flush=True)
    return outcome


# ---- the report ----


def summary(outcome: Outcome) -> str:
    counts = ", ".join(f"{len(names)} of {len(files_of(sort))} {sort.folder}"
                       for sort in SORTS for names in (outcome.taken[sort.folder],))
    return (f"libvirt took {counts}; changed {len(outcome.changed)}, not ours {len(outcome.foreign)}, "
            f"left to do {len(outcome.planned)}, faults {len(outcome.faults)}")


def details(outcome: Outcome) -> str:
    lines = [f"CHANGED {key}: {what}" for key, what in outcome.changed.items()]
    lines += [f"NOT OURS {key}" for key in outcome.foreign]
    lines += [f"LEFT TO DO {key}: {json.dumps(item)[:1000]}" for key, item in outcome.planned.items()]
    return "\n".join(lines + outcome.faults)


def refusals(outcome: Outcome) -> str:
    sentences = collections.Counter(re.sub(r"'[^']*'", "'...'", why.split("\n")[0])
                                    for why in outcome.refused.values())
    return "\n".join(f"{count:5}  {why}" for why, count in sentences.most_common())


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--root", default="corpus", help="a root of recipes/roots: corpus, host, bookworm")
    options.add_argument("--start", action="store_true", help="start the guests that can be started")
    options.add_argument("--verbose", action="store_true", help="what export says, and every refusal")
    options.add_argument("names", nargs="*", help="only files whose name holds one of these")
    options = options.parse_args()
    if not any(files_of(sort) for sort in SORTS):
        print("skipped: GASTHOF_CORPUS does not name a folder of libvirt's files")
        return 77
    how = judge_running if options.start else judge
    outcome = how(root_tree(options.root), staged(), options.names)
    print(summary(outcome))
    if options.start:
        print(f"started {len(outcome.started)}, would not start {len(outcome.idle)}")
    print(f"refused by libvirt: {len(outcome.refused)}\n{refusals(outcome)}")
    if options.verbose:
        print("\n".join(f"idle {name}: {why}" for name, why in outcome.idle.items()))
        print("\n".join([*(f"{key}: {why}" for key, why in outcome.refused.items()), *outcome.notes]))
    print(details(outcome))
    return 0 if outcome.is_lawful() else 1


if __name__ == "__main__":
    sys.exit(main())
