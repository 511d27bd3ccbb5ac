#!/usr/bin/python3
"""Which elements and attributes of libvirt's domain schema the language has fields for.

Each place of the schema is put into a small domain with each value that the schema names for it, and
imported: what comes back in libvirt_xml has no field.  Prints docs/guest-coverage.md.

    tests/corpus/coverage.py [--schemas /usr/share/libvirt/schemas] > docs/guest-coverage.md
"""

import argparse
import collections
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measure import block_of, figures, gasthof, places

RNG = "{http://relaxng.org/ns/structure/1.0}"
FILES = ("basictypes", "cputypes", "domaincommon", "networkcommon", "storagecommon", "nodedev",
         "domainoverrides", "privatedata")
# Not of a definition that a person writes: what libvirt keeps for itself, and other hypervisors'
# namespaces.
LEFT_OUT = ("metadata", "domstatus", "override", "namespace", "commandline", "capabilities", "deprecation",
            "datacenterpath", "bootloader", "bootloader_args")
# What a running domain says of itself.
INNER = ("privateData", "mirror")
NUMBERS = ("int", "integer", "long", "short", "unsignedInt", "unsignedLong", "unsignedShort", "positiveInteger",
           "nonNegativeInteger", "unsignedByte")


class Schema:
    """The places of a grammar, each with its attributes and their values."""

    def __init__(self, folder):
        self.defines = collections.defaultdict(list)
        for name in FILES:
            file = Path(folder) / f"{name}.rng"
            if file.exists():
                for define in ElementTree.parse(file).getroot().iter(RNG + "define"):
                    self.defines[define.get("name")].append(define)
        self.places = {}  # path -> {attribute or "": values}
        self.needed = collections.defaultdict(dict)  # path -> {attribute or "": value} that must be there
        for define in self.defines["domain"]:
            self.walk(define, (), ())

    def values(self, node, seen=()):
        found = []
        for each in node.iter():
            if each.tag == RNG + "value":
                found.append(each.text)
            elif each.tag == RNG + "data":
                found.append("1" if each.get("type") in NUMBERS else "a")
            elif each.tag == RNG + "text":
                found.append("a")
            elif each.tag == RNG + "ref" and each.get("name") not in seen:
                for define in self.defines[each.get("name")]:
                    if not any(x.tag in (RNG + "element", RNG + "attribute") for x in define.iter()):
                        found += self.values(define, (*seen, each.get("name")))
        return list(dict.fromkeys(found))

    def contents(self, node, path, seen, needed=True):
        """Attributes and text of an element, without those of its children."""
        own = self.places[path]
        for child in node:
            here = needed and child.tag not in (RNG + "optional", RNG + "choice", RNG + "zeroOrMore")
            if child.tag == RNG + "attribute" and child.get("name"):
                known = own.setdefault(child.get("name"), [])
                known += [value for value in self.values(child) or ["a"] if value not in known]
                if here:
                    self.needed[path].setdefault(child.get("name"), known[0])
            elif child.tag in (RNG + "text", RNG + "data", RNG + "value"):
                known = own.setdefault("", [])
                known += [value for value in ([child.text] if child.tag == RNG + "value" else ["1"])
                          if value not in known]
                if here:
                    self.needed[path].setdefault("", known[0])
            elif child.tag == RNG + "ref":
                name = child.get("name")
                if name not in seen:
                    for define in self.defines[name]:
                        self.contents(define, path, (*seen, name), here)
            elif child.tag not in (RNG + "element", RNG + "attribute"):
                self.contents(child, path, seen, here)

    def walk(self, node, path, stack):
        for child in node:
            if child.tag == RNG + "element" and child.get("name"):
                below = (*path, child.get("name"))
                if len(below) == 1:
                    below = ()
                    self.places.setdefault(below, {})
                elif below[1] in LEFT_OUT or below[-1] in INNER:
                    continue
                self.places.setdefault(below, {})
                self.contents(child, below, ())
                self.walk(child, below or ("domain",), stack)
            elif child.tag == RNG + "ref":
                if child.get("name") not in stack:
                    for define in self.defines[child.get("name")]:
                        self.walk(define, path, (*stack, child.get("name")))
            elif child.tag != RNG + "attribute":
                self.walk(child, path, stack)


ROOM = 40  # for what is missing, in a row of the page
# What a name calls for where the schema says only that it is text.
SAMPLES = {"cpuset": "0-1", "nodeset": "0-1", "cpus": "0-1", "nodemask": "0-1", "vcpus": "0-1", "unit": "KiB",
           "address": "52:54:00:00:00:01", "type": "virtio", "size": "1500"}


# What tells an element from its sisters, where the schema has several ways to say it.
KEYS = {"name": None, "vcpus": None, "iothreads": None, "type": ("sysinfo", "graphics"), "model": ("seclabel",)}


def sample(path, attribute, value):
    if not path:
        return value
    mac = path[-1] == "mac" or attribute != "address"
    if path[-1] == "mtu":
        return "1500"
    fits = value == "a" and attribute in SAMPLES and mac and (attribute != "type" or path[-1] == "model")
    return SAMPLES[attribute] if fits else value


def domain_of(schema, path, attribute, value):
    """A domain that says this one thing, and what has to be there besides."""
    root = ElementTree.Element("domain", type="kvm")
    at = root
    for depth in range(2, len(path) + 1):
        at = ElementTree.SubElement(at, path[depth - 1])
        for name, needed in schema.needed[path[:depth]].items():
            if name:
                at.set(name, sample(path[:depth], name, needed))
            elif depth == len(path):
                at.text = needed
        for name, elements in KEYS.items():
            if name in schema.places[path[:depth]] and (not elements or path[depth - 1] in elements):
                at.set(name, at.get(name, schema.places[path[:depth]][name][0]))
    if attribute:
        at.set(attribute, sample(path, attribute, value))
        at.text = "1" if attribute == "unit" and "" in schema.places[path] else at.text
    elif value is not None:
        at.text = "0-1" if path[-1] == "nodemask" else value
    for name, text in (("name", "a"), ("memory", "65536")):
        if root.find(name) is None:
            ElementTree.SubElement(root, name).text = text
    return ElementTree.tostring(root, encoding="unicode")


def is_covered(job):
    schema, path, attribute, value, folder = job
    file = Path(folder) / f"{abs(hash(job[1:]))}.xml"
    file.write_text(domain_of(schema, path, attribute, value))
    done = gasthof("import", file)
    file.unlink()
    if done.returncode:
        return False
    block = block_of(done.stdout)
    if not block:
        return True
    spaces = "xmlns:gasthof='urn:gasthof:1'"
    rest = places(ElementTree.fromstring(f"<x {spaces}>{block}</x>"), "")
    place = "/" + "/".join(path[1:]) + (f"@{attribute}" if attribute else "")
    return place not in rest and (place.lstrip("/") if len(path) < 2 else place) not in rest


def group_of(path):
    if path[1:2] == ("devices",):
        return "/".join(path[1:3])
    return path[1] if len(path) > 1 else "domain"


def page(results):
    groups = collections.OrderedDict()
    for (path, attribute), values in results.items():
        groups.setdefault(group_of(path), []).append((path, attribute, values))
    whole = len(results)
    covered = sum(all(values.values()) for values in results.values())
    print("# What of libvirt's domain schema the language has")
    print()
    print("Made by `tests/corpus/coverage.py` from libvirt's schemas: each place of the schema, with each value")
    print("that the schema names, is imported, and is covered where it does not end up in `libvirt_xml`.")
    print("What is not covered is carried verbatim and loses nothing either. Left out are metadata and the")
    print("namespaces of single hypervisors.")
    print()
    print(f"**{covered} of {whole} places ({100 * covered / whole:.1f} %) are covered.**")
    print()
    measured = figures("domains")
    if measured:
        print(f"Of libvirt's own test inputs (`make corpus`): {measured}.")
        print()
    print("| part | places | covered | not covered |")
    print("|---|---|---|---|")
    for group, rows in groups.items():
        missing = []
        for path, attribute, values in rows:
            lacking = [value for value, fine in values.items() if not fine]
            if not lacking:
                continue
            place = "/".join(path[len(group.split("/")) + 1:]) + (f"@{attribute}" if attribute else "")
            some = len(lacking) < len(values) and attribute
            missing.append(f"`{place or 'itself'}`" + (f" ({', '.join(map(str, lacking))})" if some else ""))
        shown = ", ".join(missing[:ROOM]) + (f" and {len(missing) - ROOM} more" if len(missing) > ROOM else "")
        print(f"| {group} | {len(rows)} | {len(rows) - len(missing)} | {shown} |")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--schemas", default="/usr/share/libvirt/schemas")
    options = options.parse_args()
    schema = Schema(options.schemas)
    if not schema.places:
        sys.exit(f"{options.schemas} holds no schema of libvirt's domains")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        jobs = []
        for path, own in schema.places.items():
            for attribute, values in own.items():
                jobs += [(schema, path, attribute, value, folder) for value in values[:24]]
            # what only holds others says nothing by itself
            if not own and not any(other[:-1] == path for other in schema.places):
                jobs.append((schema, path, "", None, folder))
        results = collections.OrderedDict()
        for job, fine in zip(jobs, pool.map(is_covered, jobs)):
            results.setdefault(job[1:3], {})[job[3]] = fine
    page(results)


if __name__ == "__main__":
    main()
