#!/usr/bin/python3
"""Guests that walk at random from description to description on a real libvirt, and the laws of it.

Many guests that are only defined walk beside each other (tests/corpus/walker.py). Each step is planned,
applied, and planned again; of each guest it is then seen that

    settled   the second plan has nothing to do, and is the same when asked again
    quiet     what the plan did not name is byte for byte as it was
    rendered  what `gasthof render` says of it is in libvirt's definition
    twin      a guest that is new and described so from its first day has the same definition
    alike     libvirt takes a description of a guest that walked there if and only if it takes it of a twin
    back      a rollback puts the definition before back, byte for byte, and the plan is the same again
    again     applied once more it is as it was
    drift     with the definition before put back by virsh, the plan names what the step had named, and puts it right
    sentence  what is refused is refused with a sentence, and leaves the definition as it was

What libvirt takes and does not keep, which an apply says in so many words (it does not settle), counts as
refused.

    tests/host/converge.py [--seed N] [--guests N] [--steps N] [--rounds N] [--root host|bookworm] [--keep FOLDER]
    tests/host/converge.py --replay FILE        a chain of descriptions as it was kept, or a list of chains
"""

import argparse
import collections
import copy
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "tests/corpus"))

import walker  # noqa: E402
from container import Container  # noqa: E402
from corpus import virsh  # noqa: E402
from described import ALLOW, DESCRIPTION  # noqa: E402
from measure import PROGRAM, text_of  # noqa: E402
from trees import root_tree, staged  # noqa: E402

SHARED = "/run/converge"
OURS = "{urn:gasthof:1}"
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:")


class Broken(Exception):
    """A law that no single guest can be told to break."""


class World:
    """A host of its own."""

    def __init__(self, container, shared):
        self.container, self.shared = container, Path(shared)
        self.described = {}

    def gasthof(self, *argv, accept=(0,)):
        done = self.container.run("gasthof", *argv, "-o", "json", check=False, timeout=600)
        if done.returncode not in accept or SANITIZER.search(done.stderr):
            raise Broken(f"gasthof {' '.join(argv)}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
        return json.loads(done.stdout)

    def describe(self, guests):
        self.described = guests
        self.container.put(DESCRIPTION, json.dumps({"gasthof": 1, "guests": guests}, indent=1))

    def plan(self):
        plan = self.gasthof("plan", accept=(0, 3, 4, 5))
        if "items" not in plan:
            raise Broken(f"there is no plan: {plan}")
        return plan, {item["item"].removeprefix("guests."): item for item in plan["items"]}

    def apply(self):
        return self.gasthof("apply", *ALLOW, accept=(0, 1, 2, 3, 4))

    def refused(self, outcome):
        """name -> what was said, of those whose step failed."""
        found = {}
        for fault in outcome.get("faults", ()):
            place = fault.get("within") or fault["message"]
            match = re.match(r"guests\.([^.:\s]+)", place)
            if not match:
                raise Broken(f"a fault without its place: {fault}")
            found[match[1]] = fault["message"]
        return found

    def definitions(self, names):
        said = virsh(self.container, {name: f"dumpxml --inactive --security-info {name}" for name in names})
        return {name: text.strip() for name, text in said.items() if "<domain" in text}

    def define(self, texts):
        for name, text in texts.items():
            (self.shared / f"{name}.xml").write_text(text)
        said = virsh(self.container, {name: f"define {SHARED}/{name}.xml" for name in texts})
        return {name for name, text in said.items() if "error:" in text}


# ---- what of two definitions is to be the same ----

# libvirt adds them for what is plugged into them, and leaves them; gives addresses, MACs and identities.
ITS_OWN = ("name", "uuid", "metadata")


def canonical(text, described):
    root = ElementTree.fromstring(text)
    for name in ITS_OWN:
        for element in root.findall(name):
            root.remove(element)
    devices = root.find("devices")
    for controller in devices.findall("controller"):
        if "controllers" not in described:
            devices.remove(controller)
    if "videos" not in described:
        for video in devices.findall("video"):  # it comes with a screen
            devices.remove(video)
    # libvirt makes the serial port that a console is said to be, and the console that a port is
    if not {"serials", "consoles"} & described.keys():
        for port in [*devices.findall("serial"), *devices.findall("console")]:
            devices.remove(port)
    for element in list(devices.iter()):
        for child in list(element):
            if child.tag in ("address", "mac") or (child.tag == "target" and element.tag == "controller"):
                element.remove(child)
            elif child.tag == "alias":
                element.remove(child)
    sort(root)
    return ElementTree.tostring(root, encoding="unicode").replace("\n", "")


def sort(element):
    element.text = (element.text or "").strip()
    element.tail = ""
    for child in element:
        sort(child)
    element[:] = sorted(element, key=lambda each: ElementTree.tostring(each))
    for name in sorted(element.attrib):
        element.attrib[name] = element.attrib.pop(name)


def difference(before, after):
    """The parts that only one of two canonical definitions has."""
    old, new = (collections.Counter(leaves(ElementTree.fromstring(text), "")) for text in (before, after))
    return [f"-{each}" for each in (old - new)] + [f"+{each}" for each in (new - old)]


def leaves(element, place):
    place = f"{place}/{element.tag}"
    yield " ".join([place, *(f"{key}={value}" for key, value in sorted(element.attrib.items())), (element.text or "").strip()])
    for child in element:
        yield from leaves(child, place)


def first_lines(before, after, count=4):
    old, new = before.split("\n"), after.split("\n")
    return [f"-{line.strip()}" for line in old if line not in new][:count] + \
           [f"+{line.strip()}" for line in new if line not in old][:count]


def set_paths(item):
    """What is configured otherwise than it is described."""
    return {each["path"] for each in item["differs"] if "configured" in each["where"] and each["kind"] in ("set", "add")}


def only_sets(item):
    return all(each["kind"] in ("set", "add") for each in item["differs"])


def is_idle(item):
    return not (item["differs"] or item["steps"] or item["waits"] or item.get("blocked"))


def lacks(element, part, place=""):
    """Places of what is in `part` and not in `element`, whatever the order: libvirt has one of its own."""
    found = [f"{place}@{name}" for name, value in part.attrib.items() if element.get(name) != value]
    if text_of(part) and text_of(part) != text_of(element):
        found.append(f"{place} (text)")
    for child in part:
        if not child.tag.startswith(OURS):
            below = f"{place}/{child.tag}"
            each = [lacks(one, child, below) for one in element.findall(child.tag)]
            found += min(each, key=len) if each else [below]
    return [each for each in found if not NOT_THERE.fullmatch(each)]


def rendered_parts(description, name, there):
    """What of `gasthof render` is not in a definition; None where it cannot be rendered without a machine."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(description, file)
        file.flush()
        done = subprocess.run([PROGRAM, "render", f"guests/{name}", file.name], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    missing = lacks(ElementTree.fromstring(there), ElementTree.fromstring(done.stdout))
    controllers = "controllers" in description["guests"][name]
    return [each for each in missing if controllers or not each.startswith("/devices/controller")]


# ---- walking ----


class Walk:
    """Chains of descriptions, each of a guest of its own, all of them in step."""

    def __init__(self, world, names):
        self.world = world
        self.now = {}  # name -> description that holds
        self.chain = {name: [] for name in names}
        self.failures = []  # name, law, what
        self.refusals = collections.Counter()
        self.count = 0
        self.taken = 0

    def fails(self, name, law, what):
        self.failures.append((name.split("--")[0], law, what))

    def step(self, wanted, with_back=True, with_drift=True):
        """name -> another description, of those that go on."""
        self.count += 1
        wanted = {name: body for name, body in wanted.items() if body != self.now.get(name)}
        if not wanted:
            return
        before = self.world.definitions(self.now)
        twins = {f"{name}--t{self.count}": body for name, body in wanted.items()}
        self.world.describe({**self.now, **wanted, **twins})
        planned, items = self.world.plan()
        outcome = self.world.apply()
        refused = self.world.refused(outcome)
        if refused:
            self.without(wanted, twins, refused, before)
        if not wanted:
            return
        for name, body in wanted.items():
            self.chain[name].append(body)
        self.now.update(wanted)
        self.taken += len(wanted)
        after = self.settled([*self.now, *twins])
        self.quiet(items, before, after)
        self.rendered(wanted, after)
        self.twin(wanted, twins, after)
        if with_back and not refused:
            self.back(planned, before, after)
        if with_drift:
            self.drift({name: items[name] for name in wanted if name in items}, before, after)

    def without(self, wanted, twins, refused, before):
        """What libvirt does not take is taken out again; it has left no trace."""
        number = f"--t{self.count}"
        for name in list(wanted):
            walked, new = refused.get(name), refused.get(name + number)
            if not walked and not new:
                continue
            for why in {walked, new} - {None}:
                self.refusals[re.sub(r"'[^']*'|\"[^\"]*\"|[0-9]+|guests\.\S+", "*", why)] += 1
            if bool(walked) != bool(new):
                self.fails_with(name, wanted[name], "alike", f"walked there: {walked or 'taken'}; new: {new or 'taken'}")
            del wanted[name]
            del twins[name + number]
        self.world.describe({**self.now, **wanted, **twins})
        left = self.world.refused(self.world.apply())
        for name, why in left.items():
            self.fails(name, "alike", f"refused though taken before: {why}")
        now = self.world.definitions(self.now)
        for name, text in before.items():
            settles = "does not settle" not in refused.get(name, "")
            same = now.get(name) == text if settles else \
                canonical(now.get(name, "<domain><devices/></domain>"), {}) == canonical(text, {})
            if name not in wanted and not same:
                self.fails(name, "sentence", f"left behind: {first_lines(text, now.get(name, ''))}")

    def fails_with(self, name, body, law, what):
        self.failures.append((name, law, what, [*self.chain[name], body]))

    def settled(self, names):
        plan, items = self.world.plan()
        for name, item in items.items():
            if not is_idle(item):
                differs = [f"{each['kind']} {each['path']}: {each['old']} -> {each['new']}" for each in item["differs"]]
                self.fails(name, "settled", f"{differs} {item['waits']} {item['steps']}")
        again, _ = self.world.plan()
        if again["hash"] != plan["hash"]:
            raise Broken("the plan is another one when asked again")
        return self.world.definitions(names)

    def quiet(self, items, before, after):
        for name, text in before.items():
            if name in self.now and (name not in items or is_idle(items[name])) and after.get(name) != text:
                self.fails(name, "quiet", str(first_lines(text, after.get(name, ""))))

    def rendered(self, wanted, after):
        for name in wanted:
            missing = rendered_parts({"gasthof": 1, "guests": wanted}, name, after[name])
            if missing:
                self.fails(name, "rendered", str(missing))

    def twin(self, wanted, twins, after):
        for name, body in wanted.items():
            new = f"{name}--t{self.count}"
            if new not in after or name not in after:
                self.fails(name, "twin", "not defined")
                continue
            walked, fresh = (canonical(after[each].replace(new, name), body) for each in (name, new))
            if walked != fresh:
                self.fails(name, "twin", str(difference(fresh, walked)))

    def back(self, planned, before, after):
        self.world.gasthof("rollback", *ALLOW)
        now = self.world.definitions(after)
        for name in after:
            if now.get(name) != before.get(name):
                self.fails(name, "back", str(first_lines(before.get(name, ""), now.get(name, ""))))
        again, _ = self.world.plan()
        if again["hash"] != planned["hash"]:
            old, new = ({each["item"]: each for each in plan["items"]} for plan in (planned, again))
            for item in old.keys() | new.keys():
                if old.get(item) != new.get(item):
                    self.fails(item.removeprefix("guests."), "back", f"plan: {old.get(item)} -> {new.get(item)}")
        refused = self.world.refused(self.world.apply())
        for name, why in refused.items():
            self.fails(name, "again", why)
        now = self.settled(after)
        for name, text in after.items():
            if "--t" not in name and name in now and now[name] != text:
                if canonical(now[name], {}) != canonical(text, {}):
                    self.fails(name, "again", str(first_lines(text, now[name])))

    def drift(self, items, before, after):
        changed = {name: before[name] for name, item in items.items() if name in before}
        for name in self.world.define(changed):
            changed.pop(name)
        plan, drifted = self.world.plan()
        for name in changed:
            want = set_paths(items[name])
            have = set_paths(drifted[name]) if name in drifted else set()
            if want != have:
                self.fails(name, "drift", f"step named {sorted(want - have)}, drift {sorted(have - want)}")
        for name, item in drifted.items():
            if name not in changed and not is_idle(item):
                self.fails(name, "drift", f"not touched: {item['differs']}")
        for name, why in self.world.refused(self.world.apply()).items():
            self.fails(name, "drift", f"refused: {why}")
        now = self.settled(after)
        # what the description before said and this one does not is nobody's business but virsh's
        self.world.define({name: after[name] for name in changed if not only_sets(items[name])})
        for name in changed:
            if only_sets(items[name]) and canonical(now[name], {}) != canonical(after[name], {}):
                self.fails(name, "drift", str(difference(canonical(after[name], {}), canonical(now[name], {}))))


# libvirt says what a machine's short name stands for, and leaves out what is so anyway; a device that it
# has made itself before has no name of ours.
NOT_THERE = re.compile(r"/os/type@machine|.*@passwd|/devices/disk/target@dev|/devices/interface@type|/vcpu@current|.*/alias(@name)?|.*/(source|driver)")


# ---- seeds ----


def world_of(root, sanitize=False):
    shared = tempfile.TemporaryDirectory()
    container = Container(root_tree(root), [staged()], binds=[f"{shared.name}:{SHARED}"])
    container.keeps = shared
    return container, shared.name


def chains_of(kept):
    """name -> chain, of one chain or of a list of them."""
    return {f"g{number}": chain for number, chain in enumerate(kept if isinstance(kept[0], list) else [kept])}


def fixed(world, chains):
    """Chains that were kept, each gone through."""
    walk = Walk(world, chains)
    for at in range(max(map(len, chains.values()))):
        walk.step({name: chain[at] for name, chain in chains.items() if at < len(chain)})
    return walk


def random_walk(world, seed, guests, steps, given, report=None):
    schema = json.loads(walker.gasthof("schema").stdout)
    names = [f"g{number}" for number in range(guests)]
    walkers = {name: walker.Walker(schema, f"{seed} {name}", given) for name in names}
    walk = Walk(world, names)
    for at in range(steps):
        wanted = {}
        for name, each in walkers.items():
            wanted[name] = each.step(walk.now[name]) if name in walk.now else each.begin()
        seen = len(walk.failures)
        walk.step(wanted)
        for failure in walk.failures[seen:]:
            if report:
                report(failure, walk)
        # what broke a law goes, and another one comes
        for failure in walk.failures[seen:]:
            if walkers.pop(failure[0], None):
                walk.now.pop(failure[0], None)
                number = len(walk.chain)
                walkers[f"g{number}"] = walker.Walker(schema, f"{seed} g{number}", given)
                walk.chain[f"g{number}"] = []
    return walk


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--guests", type=int, default=12)
    options.add_argument("--steps", type=int, default=12)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--root", default="host")
    options.add_argument("--keep", default=str(TREE / "build/converge"))
    options.add_argument("--replay")
    options = options.parse_args()
    container, shared = world_of(options.root)
    with container:
        world = World(container, shared)
        if options.replay:
            walk = fixed(world, chains_of(json.loads(Path(options.replay).read_text())))
            for failure in walk.failures:
                print(*failure[:3], sep=": ")
            return int(bool(walk.failures))
        given = walker.donors()
        bad = taken = 0
        keep = Path(options.keep)
        keep.mkdir(parents=True, exist_ok=True)
        for number in range(options.rounds):
            seed = options.seed + number

            def report(failure, walk):
                name, law, what = failure[:3]
                path = keep / f"{seed}-{name}-{walk.count}-{law}.json"
                path.write_text(json.dumps(failure[3] if len(failure) > 3 else walk.chain.get(name), indent=1))
                print(f"{path}: {law}: {what[:1500]}", flush=True)

            walk = random_walk(world, seed, options.guests, options.steps, given, report)
            bad, taken = bad + len(walk.failures), taken + walk.taken
            print(f"seed {seed}: {walk.taken} states taken, {sum(walk.refusals.values())} refused, {len(walk.failures)} laws broken", flush=True)
            for why, count in walk.refusals.most_common(60):
                print(f"{count:6} {why[:200]}")
            world.describe({})
            world.apply()
        print(f"{taken} states taken, {bad} laws broken")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
