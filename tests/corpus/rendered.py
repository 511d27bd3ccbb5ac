#!/usr/bin/python3
"""Descriptions of guests made at random from `gasthof schema`, against render and import.

What a description is rendered to is imported: the description that comes of it has to render to the
same XML, nothing lost and nothing added, and to come back from that word for word.  (It may say things
in other words than the first one did: `rng: true` becomes the `rngs` that it stands for.)

    tests/corpus/rendered.py [--seed N] [--count N] [--keep FOLDER]
"""

import argparse
import json
import os
import random
import re
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grammar import WORDS, Maker
from measure import OURS, additions, gasthof, holds, item_of

# Of the machine or of other parts of a description, and not of the guest's XML.
ELSEWHERE = ("state", "stop_timeout", "cloud_init", "devices", "slice", "profile", "count", "name", "autostart", "libvirt_xml", "started", "volumes")
# Of disks and NICs, what names another part.
REFERS = ("image", "volume", "pool", "size", "network", "link", "sriov", "interface", "own", "pin", "iothreads_pin")
NAMES = "^[a-z0-9]"
ANYTHING = "^[^\\u0000"
# What people would write, where a pattern takes it.
LIKELY = ("4GiB", "512MiB", "64KiB", "100MiB/s", "2", "30s", "/srv/a.img", "52:54:00:12:34:56", "0-3", "192.0.2.1", "web", "q35")


class Describer(Maker):
    """Trees that a JSON Schema allows."""

    def __init__(self, schema, seed):
        super().__init__(None, seed)
        self.parts = schema["$defs"]
        self.leaves = 0

    def whole(self, schema):
        while "$ref" in schema:
            schema = self.parts[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def make(self, schema, depth=0):
        schema = self.whole(schema)
        if "properties" in schema and (depth == 0 or self.random.random() < 0.9 or "pattern" not in schema):
            return self.record(schema, depth)
        if "patternProperties" in schema:
            return self.map(schema, depth)
        if "items" in schema:
            return [self.make(schema["items"], depth + 1) for _ in range(self.random.randrange(1, 3))]
        return self.scalar(schema)

    def record(self, schema, depth):
        names = [name for name in schema["properties"] if name not in (ELSEWHERE if depth == 0 else REFERS)]
        some = self.random.sample(names, min(len(names), self.random.choice((1, 1, 2, 3) if depth else (2, 3, 4, 6))))
        some += [name for name in schema.get("required", []) if name not in some]
        made = {}
        for name in some:
            if depth < 6:
                made[name] = self.make(schema["properties"][name], depth + 1)
        return made

    def map(self, schema, depth):
        (pattern, member), *_ = schema["patternProperties"].items()
        keys = [self.key(pattern) for _ in range(self.random.choice((1, 1, 2)))]
        return {key: self.make(member, depth + 1) for key in keys if key}

    def key(self, pattern):
        if pattern.startswith(NAMES):
            return self.random.choice(("root", "vda", "data-1", "x", "web_2"))
        return self.matching(pattern)

    def scalar(self, schema):
        if "enum" in schema:
            return self.random.choice([each for each in schema["enum"] if each is not None] or [None])
        if schema.get("examples") and self.random.random() < 0.5:
            return self.random.choice(schema["examples"])
        if "pattern" in schema:
            return self.matching(schema["pattern"])
        if "minimum" in schema:
            most = min(schema.get("maximum", 2**31), schema["minimum"] + self.random.choice((3, 64, 4000)))
            return self.random.randint(schema["minimum"], most)
        return self.random.choice(WORDS)

    def matching(self, pattern):
        if pattern == "^(true|false)$":
            return self.random.random() < 0.5
        if pattern.startswith(ANYTHING):
            return self.random.choice((*WORDS, "1", "yes", "a b", "0x1f"))
        fits = [each for each in LIKELY if re.search(pattern, each)]
        if fits:
            return self.random.choice(fits)
        for _ in range(20):
            try:
                made = self.of_pattern(pattern)
            except ValueError:
                return "1"
            if made and re.search(pattern, made):
                return made
        return "1"


def description(schema, seed):
    describer = Describer(schema, f"described {seed}")
    guests = next(iter(schema["properties"]["guests"]["patternProperties"].values()))
    guest = describer.make(guests)
    guest["defaults"] = describer.random.choice(("libvirt", "libvirt", "gasthof"))
    guest.setdefault("memory", "1GiB")
    return json.dumps({"gasthof": 1, "guests": {"web": guest}}, indent=1)


def without_mark(text):
    root = ElementTree.fromstring(text)
    for metadata in root.findall("metadata"):
        for item in metadata.findall(OURS + "item"):
            metadata.remove(item)
        if not len(metadata):
            root.remove(metadata)
    return root


class Outcome:
    def __init__(self, path):
        self.path, self.faults, self.taken, self.same = path, [], False, False


def try_one(job):
    seed, text, folder = job
    path = Path(folder) / f"described-{seed}.yaml"
    out = Outcome(path)
    path.write_text(text)
    checked, rendered = gasthof("validate", path), gasthof("render", "guests/web", path)
    if checked.returncode not in (0, 3) or rendered.returncode not in (0, 3):
        out.faults.append(f"exit status {checked.returncode}, {rendered.returncode}")
    if checked.returncode or rendered.returncode:
        return out
    out.taken = True
    first = without_mark(rendered.stdout)
    xml, again = path.with_suffix(".xml"), path.with_suffix(".again.yaml")
    xml.write_text(ElementTree.tostring(first, encoding="unicode"))
    brought = gasthof("import", xml)
    again.write_text(brought.stdout)
    second = gasthof("render", item_of(brought.stdout), again)
    if brought.returncode or second.returncode or gasthof("validate", again).returncode:
        out.faults.append(f"does not come back: {brought.stderr}{second.stderr}")
        return out
    second = without_mark(second.stdout)
    out.faults += [f"lost {place}" for place in holds(second, first, "", [])]
    out.faults += [f"added {place}" for place in additions(second, first, "")
                   if not place.endswith("/alias") and place != "/currentMemory"]  # else all of it
    xml.write_text(ElementTree.tostring(second, encoding="unicode"))
    if gasthof("import", xml).stdout != brought.stdout:
        out.faults.append("comes back in other words each time")
    out.same = gasthof("show", path).stdout == gasthof("show", again).stdout
    if not out.faults:
        for each in (path, xml, again):
            each.unlink()
    return out


def run(seeds, folder, workers=2):
    schema = json.loads(gasthof("schema").stdout)
    jobs = [(seed, description(schema, seed), folder) for seed in seeds]
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(try_one, jobs)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--keep", help="folder for descriptions that did not come back")
    options = options.parse_args()
    count = taken = same = bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or scratch
        os.makedirs(folder, exist_ok=True)
        for out in run(range(options.seed, options.seed + options.count), folder):
            count, taken, bad = count + 1, taken + out.taken, bad + bool(out.faults)
            same += out.same
            if out.faults:
                print(f"{out.path}:", *out.faults[:6], sep="\n  ")
    print(f"{count} descriptions, {taken} valid, {taken - bad} render the same again, {same} in the same words")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
