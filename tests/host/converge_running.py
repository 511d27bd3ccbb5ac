#!/usr/bin/python3
"""Guests that run and are changed at random, on a real libvirt with an emulated QEMU, and the laws of it.

Each is the small guest image at work; what it is given comes from a list of what people change (CHANGES).
Each step is planned, applied, and planned again until guests have come after; then of each guest

    process   the same QEMU runs, unless the plan said that it restarts
    settled   the plan has no steps left: nothing, or what waits and why
    quiet     what the plan did not name is byte for byte as it was, configured and running
    running   what does not wait is in the running definition as `gasthof render` says it
    twin      a guest that is new, and only defined, has the same definition
    back      a rollback puts the configured definition back, byte for byte, with the same QEMU
    drift     with the configured definition before put back by virsh, all of it is put right
    start     after its next start nothing waits, and all of it is in the running definition

    tests/host/converge_running.py [--seed N] [--guests N] [--steps N] [--rounds N] [--root host|bookworm]
"""

import argparse
import copy
import json
import random
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from container import Container, until, wait_for
from converge import (SHARED, TREE, Broken, World, canonical, difference, first_lines, is_idle, rendered_parts)
from corpus import virsh
from described import IMAGE, image_digest, image_layer
from trees import root_tree, staged

SITE = {
    "networks": {"lab": {"mode": "nat", "subnets": {"v4": "10.20.0.0/24"}, "dhcp": {"first": "10.20.0.100", "last": "10.20.0.199"}},
                 "lan": {"mode": "isolated", "subnets": {"v4": "10.21.0.0/24"}}},
    "pools": {"default": {"type": "dir", "path": "/var/lib/gasthof/pools/default"}},
}
ISOS = [f"/srv/{name}.iso" for name in ("one", "two")]
DISKS = ("a.img", "b.img")
# path -> what may be said there; None: nothing
CHANGES = {
    "vcpus.count": [1, 2, 3],
    "vcpus.max": [None, 4, 4],
    "vcpus.pin": [None, {"0": "0"}, {"0": "1", "1": "0"}, {"1": "0-1"}],
    "vcpus.emulator": [None, "0", "0-1"],
    "memory.size": ["160MiB", "176MiB", "200MiB"],
    "memory.max": [None, "256MiB", "256MiB", "256MiB"],
    "iothreads": [None, 1, 2, {"count": 2, "each": {"1": {}, "3": {}}}, {"count": 2, "pin": {"1": "0", "2": "1"}}],
    "lifecycle": [None, {"crash": "preserve"}, {"crash": "restart", "reboot": "destroy"}],
    "title": [None, "a guest", "another <&> guest"],
    "description": [None, "one line", "of two\nlines\n"],
    "disks.a": [None, {"path": DISKS[0], "format": "raw"}, {"path": DISKS[0], "format": "raw", "limit": {"read": "1MiB/s"}},
                {"path": DISKS[0], "format": "raw", "limit": {"write_iops": 100, "write_iops_burst": 200}},
                {"path": DISKS[0], "format": "raw", "serial": "abc", "cache": "none"}],
    "disks.b": [None, {"path": DISKS[1], "format": "raw", "bus": "scsi"}, {"path": DISKS[1], "format": "raw", "bus": "usb"},
                {"path": DISKS[1], "format": "raw", "bus": "scsi", "read_only": True}],
    "disks.made": [None, {"size": "8MiB"}, {"size": "12MiB"}, {"size": "12MiB", "serial": "made"}],
    "disks.cd": [{"device": "cdrom"}, {"device": "cdrom", "path": ISOS[0]}, {"device": "cdrom", "path": ISOS[1]}],
    "nics.lab": [None, {"network": "lab"}, {"network": "lab", "link_state": "down"}, {"network": "lan"},
                 {"network": "lab", "mtu": 1400}],
    "nics.second": [None, {"network": "lan"}, {"network": "lan", "model": "e1000e"}, {"network": "lab", "link_state": "up"}],
    "rng": [None, True, False],
    "guest_agent": [None, True, False],
    "inputs": [None, {"pen": {"type": "tablet", "bus": "usb"}}, {"keys": {"type": "keyboard", "bus": "virtio"}},
               {"pen": {"type": "tablet", "bus": "usb"}, "keys": {"type": "keyboard", "bus": "virtio"}}],
    "channels": [None, {"second": {"type": "unix", "target": "virtio", "name": "org.example.two"}}],
    "serials": [None, {"extra": {"type": "pty", "target": "pci-serial", "port": 1}}],
    "shared_memories": [None, {"common": {"model": "ivshmem-plain", "size": {"value": 4, "unit": "M"}}}],
    "watchdogs": [None, {"dog": {"model": "i6300esb", "action": "reset"}}],
    "sounds": [None, {"a": "ich9"}],
    "graphics": [None, {"vnc": {"listen": "127.0.0.1", "auto_port": True}}, {"vnc": {"listen": "127.0.0.1", "auto_port": True, "password": {"file": "vnc"}}},
                 {"vnc": {"listen": "127.0.0.1", "auto_port": True, "password": {"file": "vnc2"}}}],
    "videos": [None, {"a": "virtio"}, {"a": "vga"}],
    "clock": [None, {"offset": "localtime"}, {"timers": {"hpet": {"present": True}}}],
    "cpu.features": [None, {"svm": {"policy": "disable"}}],
    "boot": [None, {"menu": True}, {"devices": ["hd", "network"]}],
    "panics": [None, {"p": "isa"}],
    "on_change": [None, None, None, "restart"],
    "stop_timeout": ["60s"],
    "balloon.stats": [None, 5],
}
# of disks, what the next start has to bring: bus of another name
ALLOW_ALL = ("--allow", "guest-restart", "--allow", "destroys-data")


def put(guest, path, value, name):
    """Sets what is at a path, or takes it out, and what is empty then."""
    *above, last = path.split(".")
    at = guest
    for part in above:
        at = at.setdefault(part, {})
    at.pop(last, None)
    if value is not None:
        at[last] = copy.deepcopy(value)
        if isinstance(value, dict) and value.get("path") in DISKS:
            at[last]["path"] = f"/srv/{name}-{value['path']}"
    if above and not guest[above[0]]:
        del guest[above[0]]


def begin(rand, name):
    guest = {"virtualization": "emulated", "disks": {"root": {"image": "small"}}, "cloud_init": {}, "state": "running"}
    for path in ("vcpus.count", "memory.size", "memory.max", "disks.cd", "stop_timeout"):
        put(guest, path, rand.choice(CHANGES[path]), name)
    for path in rand.sample(list(CHANGES), 6):
        put(guest, path, rand.choice(CHANGES[path]), name)
    return sound(guest)


def another(rand, guest, name):
    made = copy.deepcopy(guest)
    for path in rand.sample(list(CHANGES), rand.choice((1, 1, 2, 3, 5))):
        put(made, path, rand.choice(CHANGES[path]), name)
    return sound(made)


def sound(guest):
    """No pin is of a CPU that it has not."""
    vcpus = guest["vcpus"]
    for number in list(vcpus.get("pin") or ()):
        if int(number) >= max(vcpus["count"], vcpus.get("max", 0)):
            del vcpus["pin"][number]
    return guest


class Site(World):
    """With guests that run."""

    def __init__(self, container, shared):
        super().__init__(container, shared)
        self.site = {**SITE, "images": {"small": {"url": f"file://{IMAGE}", "sha256": image_digest(), "pool": "default"}}}
        container.run("truncate", "-s", "2M", *ISOS)
        container.run("truncate", "-s", "8M", *(f"/srv/r{number}-{disk}" for number in range(8) for disk in DISKS))
        for name in ("vnc", "vnc2"):
            container.put(f"/etc/gasthof/secrets/{name}", f"word-{name}\n", 0o600)

    def describe(self, guests):
        self.described = guests
        self.container.put("/etc/gasthof/host.yaml", json.dumps({"gasthof": 1, **self.site, "guests": guests}, indent=1))

    def running(self, names):
        said = virsh(self.container, {name: f"dumpxml --security-info {name}" for name in names})
        return {name: text.strip() for name, text in said.items() if "<domain" in text}

    def processes(self, names):
        return {name: self.container.run("cat", f"/run/libvirt/qemu/{name}.pid", check=False).stdout.strip() for name in names}

    def rest(self):
        """The plan once nothing is left to be done: guests have let go, balloons have come after."""
        def look():
            self.refused(self.apply())
            return self.plan()

        return until("no steps left", look, lambda seen: seen[0]["changes"] == 0, 90)


def without_balloon(text):
    """Memory is the guest's to give; ports and names are libvirt's to say."""
    return re.sub(r"<currentMemory.*?</currentMemory>", "", text)


class RunningWalk:
    def __init__(self, site, seed, count, report):
        self.site, self.random, self.report = site, random.Random(f"running {seed}"), report
        self.names = [f"r{number}" for number in range(count)]
        self.now, self.chain, self.bad, self.at, self.steps = {}, {name: [] for name in self.names}, 0, 0, 0

    def fails(self, name, law, what):
        self.bad += 1
        self.report(name, law, what, self.chain.get(name, []))

    def start(self):
        self.now = {name: begin(self.random, name) for name in self.names}
        self.site.describe(self.now)
        refused = self.site.refused(self.site.apply())
        for name, why in refused.items():
            self.fails(name, "begin", why)
        for name in self.names:
            self.chain[name].append(self.now[name])
            wait_for(f"{name} runs", lambda name=name: self.site.processes([name])[name], 60)
        self.site.container.run("sleep", "1")
        self.site.rest()

    def look(self):
        return self.site.definitions(self.names), self.site.running(self.names), self.site.processes(self.names)

    def step(self):
        self.at += 1
        wanted = dict(self.now)
        for name in self.random.sample(self.names, self.random.randint(1, len(self.names))):
            wanted[name] = another(self.random, self.now[name], name)
        before = self.look()
        self.site.describe(wanted)
        planned, items = self.site.plan()
        faults = {name: item["blocked"] for name, item in items.items() if item.get("blocked")}
        refused = self.site.refused(self.site.gasthof("apply", *ALLOW_ALL, accept=(0, 1, 2, 3, 4)))
        for name in self.names:
            if wanted[name] != self.now[name]:
                self.chain[name].append(wanted[name])
                self.steps += 1
        if refused or faults:
            for name, why in {**refused, **faults}.items():
                self.fails(name, "refused", str(why))
            self.site.describe(self.now)
            self.site.apply()
            self.site.rest()
            return
        self.now = wanted
        self.judge(before, items, wanted)
        what = self.random.choice(("back", "drift", "start", None))
        if what == "back":
            self.back(before, items)
        elif what == "drift":
            self.drift(before)
        elif what == "start":
            self.another_start()

    def judge(self, before, items, wanted):
        try:
            plan, left = self.site.rest()
        except Broken as why:
            raise Broken(f"{why}") from None
        configured, running, processes = self.look()
        for name in self.names:
            item = items.get(name)
            if item and any(step.startswith(("domain_stop", "domain_start")) for step in item["steps"]):
                if wanted[name].get("on_change") != "restart":
                    self.fails(name, "process", f"restarts without being told to: {item['steps']}")
            elif processes[name] != before[2][name]:
                self.fails(name, "process", f"another QEMU: {item}")
            if not item or is_idle(item):
                for old, new in zip((before[0][name], before[1][name]), (configured[name], running[name])):
                    if without_balloon(old) != without_balloon(new):
                        self.fails(name, "quiet", str(first_lines(old, new)))
            for each in (left.get(name) or {"differs": []})["differs"]:
                if "configured" in each["where"]:
                    self.fails(name, "settled", str(each))
        self.twin(configured)
        for name in self.names:
            if name not in left or is_idle(left[name]):
                self.rendered(name, configured[name], running[name])

    def rendered(self, name, configured, running):
        for what, there in (("configured", configured), ("running", running)):
            missing = [each for each in rendered_parts({"gasthof": 1, **self.site.site, "guests": {name: self.now[name]}}, name, there) or ()
                       if "/currentMemory" not in each]
            if missing:
                self.fails(name, f"rendered {what}", str(missing))

    def twin(self, configured):
        twins = {f"{name}--t{self.at}": {**body, "state": "stopped"} for name, body in self.now.items()}
        self.site.describe({**self.now, **twins})
        refused = self.site.refused(self.site.apply())
        there = self.site.definitions(twins)
        for name in self.names:
            new = f"{name}--t{self.at}"
            if new in refused or new not in there:
                self.fails(name, "twin", f"{refused.get(new)}")
                continue
            walked, fresh = (canonical(text.replace(new, name), self.now[name]) for text in (configured[name], there[new]))
            if difference(fresh, walked):
                self.fails(name, "twin", str(difference(fresh, walked)))
        self.site.describe(self.now)
        self.site.gasthof("apply", *ALLOW_ALL, accept=(0,))

    def back(self, before, items):
        """Of the two runs that made and removed twins, and of the step."""
        for _ in range(3):
            self.site.gasthof("rollback", *ALLOW_ALL, accept=(0, 2))
        configured, running, processes = self.look()
        for name in self.names:
            if configured[name] != before[0][name]:
                self.fails(name, "back", str(first_lines(before[0][name], configured[name])))
            restarts = items.get(name) and any(step.startswith("domain_st") for step in items[name]["steps"])
            if not restarts and processes[name] != before[2][name]:
                self.fails(name, "back", "another QEMU")
        self.site.apply()
        self.site.rest()

    def drift(self, before):
        after, _, processes = self.look()
        changed = {name: before[0][name] for name in self.names if before[0][name] != after[name]}
        for name in self.site.define(changed):
            changed.pop(name)
        self.site.rest()
        now, _, processes_now = self.look()
        if processes != processes_now and not any(body.get("on_change") for body in self.now.values()):
            self.fails("", "drift", "another QEMU")
        for name in self.site.define({name: after[name] for name in changed}):
            self.fails(name, "drift", "libvirt does not take its own definition")
        for name in changed:
            _, gone = canonical(after[name], {}), canonical(now[name], {})
            # what is said no longer is nobody's: only what is said is put right
            missing = rendered_parts({"gasthof": 1, **self.site.site, "guests": {name: self.now[name]}}, name, now[name])
            if missing:
                self.fails(name, "drift", f"{missing}")

    def another_start(self):
        name = self.random.choice(self.names)
        self.site.container.run("virsh", "destroy", name)
        self.site.apply()
        _, left = self.site.rest()
        if name in left and any(each["path"] != "memory.size" for each in left[name]["differs"]):
            self.fails(name, "start", f"{left[name]['waits']} {left[name]['differs']}")
        configured, running, _ = self.look()
        self.rendered(name, configured[name], running[name])


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--guests", type=int, default=3)
    options.add_argument("--steps", type=int, default=10)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--root", default="host")
    options.add_argument("--keep", default=str(TREE / "build/converge"))
    options = options.parse_args()
    bad = 0
    keep = Path(options.keep)
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as shared, tempfile.TemporaryDirectory() as layer:
        image, program = image_layer(Path(layer) / "image"), staged()
        for seed in range(options.seed, options.seed + options.rounds):
            with Container(root_tree(options.root), [image, program], binds=[f"{shared}:{SHARED}"]) as container:
                def report(name, law, what, chain):
                    path = keep / f"running-{seed}-{name}-{len(chain)}-{law.replace(' ', '-')}.json"
                    path.write_text(json.dumps(chain, indent=1))
                    print(f"{path}: {law}: {what[:1800]}", flush=True)

                walk = RunningWalk(Site(container, shared), seed, options.guests, report)
                try:
                    walk.start()
                    for _ in range(options.steps):
                        walk.step()
                except Exception as why:  # whatever it is, the other seeds go on
                    walk.bad += 1
                    print(f"seed {seed}, step {walk.at}: {type(why).__name__}: {str(why)[-6000:]}", flush=True)
                print(f"seed {seed}: {walk.steps} changes, {walk.bad} laws broken", flush=True)
                bad += walk.bad
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
