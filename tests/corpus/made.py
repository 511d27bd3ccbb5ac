#!/usr/bin/python3
"""Machine-made XML against import, validate and render.

Documents are made at random from libvirt's own schemas (grammar.py), written as people and programs
write XML (comments, CDATA, character references, white space, foreign namespaces, numbers spelled in
other ways), brought in, validated and rendered; whatever of the original is not there afterwards, or is
there that was not, is a loss.  The same seed makes the same documents.

    tests/corpus/made.py [--schemas FOLDER] [--seed N] [--count N] [--keep FOLDER] [KIND...]
"""

import argparse
import collections
import os
import random
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from grammar import Grammar, Maker
from measure import measure, text_of

SCHEMAS = {"domain": "domain.rng", "network": "network.rng", "pool": "storagepool.rng", "volume": "storagevol.rng"}
QEMU = "http://libvirt.org/schemas/domain/qemu/1.0"
OURS = "{urn:gasthof:1}"


# ---- what people add to what a schema says ----

FOREIGN = (
    '<a:app xmlns:a="http://example.org/app" a:id="7" plain=" x "><a:b>one</a:b><a:c/><a:b> two </a:b></a:app>',
    '<app xmlns="urn:other"><!-- kept --><deep><deep><deep k="&quot;&lt;&amp;">t &amp; t</deep></deep></deep></app>',
    '<m xmlns="urn:mixed">text <b>bold</b> and <i/> more<b>again</b></m>',
    '<p:x xmlns:p="urn:p" xmlns:q="urn:q" q:y="1" y="2"><q:z/><p:z/><z xmlns="urn:z"/></p:x>',
    '<empty xmlns="urn:empty" a=""/>',
)


def with_more(root, chance):
    """Foreign metadata and arguments for QEMU, which the schema hardly makes."""
    if chance.random() < 0.3:
        holder = root.find("metadata")
        holder = ElementTree.SubElement(root, "metadata") if holder is None else holder
        for part in chance.sample(FOREIGN, chance.randrange(1, 4)):
            holder.append(ElementTree.fromstring(part))
    if root.tag == "domain" and chance.random() < 0.2 and root.find(f"{{{QEMU}}}commandline") is None:
        line = ElementTree.SubElement(root, f"{{{QEMU}}}commandline")
        for _ in range(chance.randrange(4)):
            if chance.random() < 0.6:
                ElementTree.SubElement(line, f"{{{QEMU}}}arg", value=chance.choice(("-device", "-foo", "a=b,c='d'", "")))
            else:
                ElementTree.SubElement(line, f"{{{QEMU}}}env", name=chance.choice("AB"), value="x y")


def as_libvirt_takes_it(root, chance):
    """What the schema allows and every driver of libvirt's refuses: too little of what a domain must
    have, slashes and line ends in names."""
    name = root.find("name")
    if name is None and root.find("source/name") is None:
        name = ElementTree.SubElement(root, "name")
    if name is not None:
        name.text = (name.text or "").replace("/", "_").strip() or "n"
    if root.tag != "domain":
        return
    for tag in ("memory", "currentMemory"):
        for each in root.findall(tag):
            if text_of(each) == "0" or chance.random() < 0.8:
                each.text = str(chance.choice((219136, 1048576, 500000, 4194304)))
    for vcpu in root.findall("vcpu"):
        vcpu.text = str(max(1, int(text_of(vcpu) or 1)))
        if int(vcpu.get("current", 1)) > int(vcpu.text) or vcpu.get("current") == "0":
            vcpu.set("current", vcpu.text)
    if root.find("memory") is None and root.find("cpu/numa") is None:
        for each in root.findall("currentMemory") + root.findall("maxMemory"):
            root.remove(each)


def renumber(root, chance):
    """Numbers as libvirt reads them, too: in hexadecimal, with a sign, with zeros in front, in other
    units."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if value.isdigit() and chance.random() < 0.04:
                element.set(name, chance.choice((hex(int(value)), "0" + value, "+" + value)))
        text = text_of(element)
        if text.isdigit() and not len(element) and chance.random() < 0.1:
            element.text = chance.choice((" " + text + "\n", "0" + text, "+" + text))
        if "unit" in element.attrib and chance.random() < 0.3:
            element.set("unit", chance.choice(("b", "bytes", "KB", "k", "KiB", "MB", "M", "MiB", "GiB", "G")))


# ---- writing ----

class Writer:
    """XML by hand, in one of many equal spellings."""

    def __init__(self, chance):
        self.chance = chance
        self.plain = chance.random() < 0.3
        self.newline = chance.choice(("\n", "\n", "\r\n", ""))
        self.spaces, self.entities = {}, []

    def often(self, share):
        return not self.plain and self.chance.random() < share

    def name(self, tag):
        if not tag.startswith("{"):
            return tag
        space, name = tag[1:].split("}")
        if space not in self.spaces:
            self.spaces[space] = "qemu" if space == QEMU else f"n{len(self.spaces)}"
        return f"{self.spaces[space]}:{name}"

    def entity(self, text):
        """A reference to it, where it is text that an entity holds as it stands."""
        if not (self.often(0.01) and text.isalnum() and text.isascii()):
            return None
        self.entities.append(f'<!ENTITY e{len(self.entities)} "{text}">')
        return f"&e{len(self.entities) - 1};"

    def value(self, text):
        """An attribute, quoted either way; some characters by their number."""
        if reference := self.entity(text):
            return f'"{reference}"'
        if not self.often(0.1) or not text:
            return quoteattr(text, {"\n": "&#10;", "\t": "&#9;"})
        at, quotes = self.chance.randrange(len(text)), {"'": "&apos;", '"': "&quot;"}
        return f"'{escape(text[:at], quotes)}&#x{ord(text[at]):x};{escape(text[at + 1:], quotes)}'"

    def text(self, text):
        if not text:
            return ""
        if reference := self.entity(text):
            return reference
        if self.often(0.15) and "]]>" not in text:
            at = self.chance.randrange(len(text))
            return escape(text[:at]) + f"<![CDATA[{text[at:]}]]>"
        return escape(text)

    def between(self, depth, mixed):
        if mixed:
            return ""
        noise = ""
        if self.often(0.05):
            noise += self.chance.choice(("<!-- a < b & c -->", "<!---->", "<?target some words?>", "<!-- <disk/> -->"))
        return self.newline + self.chance.choice(("  ", "\t", "")) * depth * bool(self.newline) + noise

    def element(self, element, depth=0):
        name = self.name(element.tag)
        attributes = [(self.name(key), self.value(value)) for key, value in element.attrib.items()]
        self.chance.shuffle(attributes)
        gap = "\n   " if self.often(0.05) else " "
        out = "<" + name + "".join(f"{gap}{key}{' = ' if self.often(0.02) else '='}{value}" for key, value in attributes)
        mixed = bool((element.text or "").strip() and len(element)) or any((each.tail or "").strip() for each in element)
        if not len(element) and not element.text:
            return out + (self.chance.choice(("/>", " />", f"></{name}>")) if not self.plain else "/>")
        out += ">" + self.text(element.text if mixed or not len(element) else "")
        for child in element:
            out += self.between(depth + 1, mixed) + self.element(child, depth + 1) + (self.text(child.tail) if mixed else "")
        return out + (self.between(depth, mixed) if len(element) else "") + f"</{name}>"

    def document(self, root):
        body = self.element(root)
        spaces = "".join(f" xmlns:{prefix}='{space}'" for space, prefix in self.spaces.items())
        end = len(self.name(root.tag)) + 1
        head = self.chance.choice(("", "", "<?xml version='1.0'?>\n", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                   "<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n"))
        head += f"<!DOCTYPE {root.tag} [{''.join(self.entities)}]>\n" if self.entities else ""
        return head + body[:end] + spaces + body[end:] + self.chance.choice(("", "\n", "\n<!-- end -->\n"))


def document(maker, kind, seed):
    chance = random.Random(f"{kind} {seed}")
    maker.random = random.Random(f"made {kind} {seed}")
    root = maker.document()
    if root.tag == "domain" and chance.random() < 0.8:
        root.set("type", chance.choice(("kvm", "qemu")))
    with_more(root, chance)
    as_libvirt_takes_it(root, chance)
    if chance.random() < 0.3:
        renumber(root, chance)
    return Writer(chance).document(root)


# ---- comparing ----

# What is added where it says what holds anyway, or what libvirt would add: the unit that it takes
# where none is said, an address.
USUAL = ("@unit", "/devices", "/devices/interface/mac")

def same(a, b):
    """Two elements with all that is in them, in order."""
    return (a.tag == b.tag and a.attrib == b.attrib and text_of(a) == text_of(b) and len(a) == len(b)
            and all(same(*pair) and (pair[0].tail or "").strip() == (pair[1].tail or "").strip() for pair in zip(a, b)))


def theirs(root):
    """What libvirt does not look into, for which every order counts."""
    foreign = [each for each in root if each.tag.startswith("{")]
    metadata = [part for each in root.findall("metadata") for part in each if not part.tag.startswith(OURS)]
    return foreign + metadata


def attributes_lost(element, part, place):
    """Attributes to the last space, where elements of a name are as many as they were."""
    found = [f"{place}@{name} (exactly)" for name, value in part.attrib.items() if element.get(name) != value]
    names = collections.Counter(child.tag for child in part)
    for tag in names:
        wanted, there = part.findall(tag), element.findall(tag)
        if len(wanted) == len(there):
            for pair in zip(there, wanted):
                found += attributes_lost(*pair, f"{place}/{tag}")
        elif len(wanted) > len(there):
            found.append(f"{place}/{tag} (fewer)")
    return found


def losses(original, rendered):
    found = attributes_lost(rendered, original, "")
    wanted, there = theirs(original), theirs(rendered)
    if len(wanted) != len(there) or not all(same(*pair) for pair in zip(wanted, there)):
        found.append("of somebody else's")
    return found


def try_one(job):
    kind, seed, text, folder = job
    path = Path(folder) / f"{kind}-{seed}.xml"
    path.write_text(text, newline="")
    out = measure(path, folder)
    if out.rendered is not None:
        out.missing += losses(ElementTree.parse(path).getroot(), out.rendered)
    out.added = [place for place in out.added if not place.endswith(USUAL) and place != "/name"]
    out.bad = bool(out.crash or out.refused or out.invalid or out.missing or out.added)
    if not out.bad:
        path.unlink()
    return out


def describe(out):
    lines = [f"{out.path}:"]
    lines += [f"  exit status {out.crash}"] if out.crash else []
    lines += [f"  refused: {out.refused}"] if out.refused else []
    lines += [f"  does not validate: {out.invalid[:300]}"] if out.invalid else []
    lines += [f"  lost {place}" for place in out.missing[:5]] + [f"  added {place}" for place in out.added[:5]]
    return "\n".join(lines)


def made(schemas, kind, seeds):
    maker = Maker(Grammar(Path(schemas) / SCHEMAS[kind]), 0)
    return [(kind, seed, document(maker, kind, seed)) for seed in seeds]


def run(schemas, kinds, seeds, folder, workers=2):
    """All outcomes; files of bad ones stay in the folder."""
    with ThreadPoolExecutor(workers) as pool:
        for kind in kinds:
            jobs = [(*each, folder) for each in made(schemas, kind, seeds)]
            yield from pool.map(try_one, jobs)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--schemas", default="/usr/share/libvirt/schemas")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--keep", help="folder for files that were not brought in whole")
    options.add_argument("kinds", nargs="*", default=[])
    options = options.parse_args()
    if not (Path(options.schemas) / "domain.rng").exists():
        print(f"skipped: {options.schemas} holds no schemas of libvirt's")
        return 77
    count = plain = bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or scratch
        os.makedirs(folder, exist_ok=True)
        seeds = range(options.seed, options.seed + options.count)
        for out in run(options.schemas, options.kinds or ["domain", "network", "pool"], seeds, folder):
            count, plain, bad = count + 1, plain + (not out.rest), bad + out.bad
            if out.bad:
                print(describe(out))
    print(f"{count} documents, {count - bad} lossless, {plain} without a verbatim rest")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
