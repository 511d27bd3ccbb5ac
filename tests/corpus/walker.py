"""Walks at random from one description of a guest to another, by what `gasthof schema` allows.

A step adds a field, takes one out, or makes one anew, anywhere in the tree: as the schema has it, or, so
that libvirt takes more of it, as other descriptions say it at the same place (donors: tests/host/guests.yaml,
and what `gasthof import` makes of $GASTHOF_CORPUS).  What `gasthof validate` does not take is no step.
The same seed and donors walk the same way."""

import copy
import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measure import TREE, gasthof
from rendered import ELSEWHERE, REFERS, Describer

TRIES = 60
# What a guest keeps, what the machine of the tests has not, and what only says how others are to be read.
KEPT = ("name", "defaults", "uuid", "profile", "count", "generation_id", "devices", "slice", "started", "volumes", "cloud_init", "libvirt_xml",
        "emulator", "arch", "state", "virtualization", "os_type", "autostart", "launch_security", "idmap", "key_wrap")
# Of a donor's devices: where they were, which fits no other guest.
PLACED = ("slot", "alias", "uuid", "controllers")


def shown(text):
    """The guests of a description, its shorthands resolved."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        said = gasthof("show", "-o", "json", file.name)
    return list(json.loads(said.stdout).get("guests", {}).values()) if said.returncode == 0 else []


def unplaced(value):
    if isinstance(value, list):
        return [unplaced(each) for each in value]
    if isinstance(value, dict):
        return {name: unplaced(each) for name, each in value.items() if name not in PLACED}
    return value


def donors(with_corpus=True):
    """Guests as others describe them."""
    found = shown((TREE / "tests/host/guests.yaml").read_text())
    corpus = Path(os.environ.get("GASTHOF_CORPUS") or "/nonexistent")
    files = sorted(corpus.glob("libvirt-*/domains/*.xml")) if with_corpus else []
    with ThreadPoolExecutor(2) as pool:
        for guests in pool.map(lambda path: shown(gasthof("import", path).stdout), files):
            found += guests
    return [unplaced(guest) for guest in found]


def is_valid(guest, folder):
    path = Path(folder) / "walk.json"
    path.write_text(json.dumps({"gasthof": 1, "guests": {"web": guest}}))
    return gasthof("validate", path).returncode == 0


class Walker(Describer):
    """States of one guest, one after another."""

    def __init__(self, schema, seed, given=()):
        super().__init__(schema, f"walk {seed}")
        self.given = given
        self.guest = next(iter(schema["properties"]["guests"]["patternProperties"].values()))

    def begin(self):
        defaults = self.random.choice(("gasthof", "libvirt"))
        return {"virtualization": "emulated", "state": "stopped", "memory": "64MiB", "defaults": defaults, "os_type": "hvm"}

    def step(self, guest):
        """Another valid state, near by."""
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(TRIES):
                made = copy.deepcopy(guest)
                for _ in range(self.random.choice((1, 1, 1, 2, 3))):
                    self.edit(made)
                if isinstance(made["memory"], dict):
                    made["memory"].setdefault("size", "64MiB")
                if made != guest and is_valid(made, folder):
                    return made
        return guest

    def edit(self, guest):
        schema, value, depth = self.whole(self.guest), guest, 0
        others = self.given  # what donors say at the same place
        while True:
            below = [(name, part) for name, part in self.parts_of(schema, value, depth) if isinstance(value[name], dict)]
            if not below or self.random.random() < (0.5 if depth else 0.4):
                return self.edit_here(schema, value, depth, others)
            name, part = self.random.choice(below)
            others = [each for each in said(others, schema, name) if isinstance(each, dict)]
            schema, value, depth = self.whole(part), value[name], depth + 1

    def parts_of(self, schema, value, depth):
        """What is there and may be changed: name and schema."""
        if "properties" in schema:
            return [(name, schema["properties"][name]) for name in value
                    if name in schema["properties"] and not (depth == 0 and name in KEPT)]
        if "patternProperties" in schema:
            member = next(iter(schema["patternProperties"].values()))
            return [(name, member) for name in value]
        return []

    def edit_here(self, schema, value, depth, others):
        there = self.parts_of(schema, value, depth)
        what = self.random.choice(("add", "add", "remove", "change"))
        if what == "remove" and there:
            name, _ = self.random.choice(there)
            if not (depth == 0 and name == "memory") and name not in schema.get("required", ()):
                del value[name]
        elif what == "change" and there:
            name, part = self.random.choice(there)
            value[name] = self.borrow(said(others, schema, name)) or self.make(part, depth + 1)
        else:
            self.add(schema, value, depth, others)

    def borrow(self, said_there):
        return copy.deepcopy(self.random.choice(said_there)) if said_there and self.random.random() < 0.8 else None

    def add(self, schema, value, depth, others):
        if "patternProperties" in schema:
            name, body = self.random.choice([each for other in others for each in other.items()] or [("", None)])
            value.update({name: copy.deepcopy(body)} if body and self.random.random() < 0.8 else self.map(schema, depth))
        elif "properties" in schema:
            left_out = (*ELSEWHERE, *KEPT) if depth == 0 else REFERS
            names = [name for name in schema["properties"] if name not in value and name not in left_out]
            likely = [name for name in names if any(name in other for other in others)]
            names = likely if likely and self.random.random() < 0.7 else names
            if names:
                name = self.random.choice(names)
                value[name] = self.borrow(said(others, schema, name)) or self.make(schema["properties"][name], depth + 1)


def said(others, schema, name):
    """What others say under that name; in a map, under any."""
    if "patternProperties" in schema:
        return [body for other in others for body in other.values()]
    return [other[name] for other in others if name in other]
