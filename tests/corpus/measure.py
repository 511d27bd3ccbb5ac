#!/usr/bin/python3
"""How much of other people's libvirt XML the language holds.

Each file below $GASTHOF_CORPUS/libvirt-*/ is imported, validated and rendered, and what comes out is
compared with what went in, as trees: every element, attribute and text of the original must be there,
elements of one name in the same order.  What libvirt_xml had to carry verbatim, and what the renderer
added, is counted by place.

    tests/corpus/measure.py [--verbose] [--floor LOSSLESS,PLAIN] [NAME...]
"""

import argparse
import collections
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
PROGRAM = TREE / os.environ.get("GASTHOF", "build/gasthof")
OURS = "{urn:gasthof:1}"
# What a description may be brought in from, by the root of its XML.
KINDS = {"domain": "domains", "network": "networks", "pool": "pools", "volume": "volumes"}
# Added without changing anything: an alias is a name; memory that is all in use, and the unit that
# holds where none is said, are said aloud; a machine without a UUID gets one anyway.
HARMLESS = ("/alias", "/alias@name", "/uuid", "/currentMemory", "/memory@unit", "/currentMemory@unit",
            "/capacity@unit", "/allocation@unit", "/physical@unit",
            "/metadata", "/metadata/" + OURS + "item")


# Of a volume, which libvirt itself says in bytes, whatever it was told.
SIZES = ("/capacity", "/allocation", "/physical", "/target/clusterSize")


def text_of(element):
    return (element.text or "").strip()


def size_of(element):
    """The bytes that an element says in a unit of its own, or None."""
    unit, text = element.get("unit", "").lower(), text_of(element)
    letter = "kmgt".find(unit[:1]) + 1
    if not text.isdigit() or not (unit in ("b", "bytes") or (letter and unit[1:] in ("", "b", "ib"))):
        return None
    return int(text) * (1000 if unit[1:] == "b" else 1024) ** letter


def holds(element, part, place, missing):
    """Notes in `missing` what of `part` is not in `element`."""
    same = place in SIZES and size_of(part) is not None and size_of(part) == size_of(element)
    for name, value in part.attrib.items():
        if element.get(name) != value and not (same and name == "unit"):
            missing.append(f"{place}@{name}")
    if text_of(part) and text_of(part) != text_of(element) and not same:
        missing.append(f"{place} (text)")
    there = collections.defaultdict(list)
    for child in element:
        there[child.tag].append(child)
    for child in part:
        if child.tag.startswith(OURS):
            continue
        below = f"{place}/{child.tag}"
        if not there[child.tag]:
            missing.append(below)
            continue
        # the next of its name that holds it, so that order counts; else the next, for its parts
        for at, candidate in enumerate(there[child.tag]):
            if not holds(candidate, child, below, []):
                del there[child.tag][: at + 1]
                break
        else:
            holds(there[child.tag].pop(0), child, below, missing)
    return missing


def additions(element, part, place):
    """Places in `element` that `part` does not have."""
    found = [f"{place}@{name}" for name in element.attrib if name not in part.attrib]
    found += [f"{place} (text)"] if text_of(element) and not text_of(part) else []
    there = collections.defaultdict(list)
    for child in part:
        there[child.tag].append(child)
    for child in element:
        below = f"{place}/{child.tag}"
        if there[child.tag]:
            found += additions(child, there[child.tag].pop(0), below)
        else:
            found.append(below)
    return found


def places(element, place):
    """Where a verbatim block says something: its leaves, by place."""
    own = [name for name in element.attrib if not name.startswith(OURS)]
    found = [f"{place}@{name}" for name in own]
    if text_of(element) or (not own and not len(element)):
        found.append(place)
    for child in element:
        found += places(child, f"{place}/{child.tag}" if child.tag != OURS + "self" else place)
    return found


def gasthof(*argv):
    return subprocess.run([PROGRAM, *argv], capture_output=True, text=True, timeout=60, check=False)


def block_of(description):
    """The libvirt_xml of the one member, without a YAML library."""
    lines = description.split("\n")
    for at, line in enumerate(lines):
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        if body.startswith("libvirt_xml: ") and indent <= 6:
            block = []
            for text in lines[at + 1:]:
                if text and not text.startswith(" " * (indent + 2)):
                    break
                block.append(text[indent + 2:])
            return "\n".join(block) if any(block) else body.split(": ", 1)[1]
    return ""


def item_of(description):
    """guests/web, libvirt.networks/default: the one member of a description."""
    keys = []
    for line in description.split("\n")[1:]:
        key = line.strip().split(":")[0].strip("\"'")
        keys.append(key)
        if len(keys) > 1 and keys[-2] in ("guests", "networks", "pools", "volumes"):
            return ".".join(keys[:-1]) + "/" + key
    return ""


class Outcome:
    def __init__(self, path):
        self.path, self.missing, self.added, self.rest = path, [], [], []
        self.refused = self.crash = self.invalid = self.rendered = None


def measure(path, folder):
    out = Outcome(path)
    original = ElementTree.parse(path).getroot()
    done = gasthof("import", path)
    if done.returncode:
        out.crash = done.returncode if done.returncode not in (1, 3, 4, 5) else None
        out.refused = None if out.crash else done.stderr.strip()
        return out
    file = Path(folder) / f"{path.parent.name}-{path.stem}.yaml"
    file.write_text(done.stdout)
    checked = gasthof("validate", file)
    if checked.returncode:
        out.crash = checked.returncode if checked.returncode != 3 else None
        out.invalid = checked.stderr.strip()
        return out
    rendered = gasthof("render", item_of(done.stdout), file)
    if rendered.returncode:
        out.crash = rendered.returncode
        out.invalid = rendered.stderr.strip()
        return out
    out.rendered = result = ElementTree.fromstring(rendered.stdout)
    out.missing = holds(result, original, "", [])
    out.added = [place for place in additions(result, original, "")
                 if not any(place.endswith(fine) for fine in HARMLESS)]
    block = block_of(done.stdout)
    if block:
        spaces = "xmlns:gasthof='urn:gasthof:1'"
        out.rest = places(ElementTree.fromstring(f"<x {spaces}>{block}</x>"), "")
    return out


def share_of(part, whole):
    return 100 * len(part) / max(1, len(whole))


def is_lossless(out):
    return not (out.missing or out.crash or out.invalid or out.refused)


def summary(outcomes):
    lossless = [out for out in outcomes if is_lossless(out)]
    plain = [out for out in lossless if not out.rest]
    return (f"{len(outcomes)} files, lossless {len(lossless)} ({share_of(lossless, outcomes):.1f} %), "
            f"without a verbatim rest {len(plain)} ({share_of(plain, outcomes):.1f} %), "
            f"crashes {sum(1 for out in outcomes if out.crash)}")


def measure_all(kind, names=()):
    corpus = os.environ.get("GASTHOF_CORPUS", "")
    files = sorted(path for path in Path(corpus or "/nonexistent").glob(f"libvirt-*/{kind}/*.xml")
                   if not names or any(name in path.name for name in names))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda path: measure(path, folder), files))


def figures(kind):
    """One line about all files of a kind, or nothing where there is no corpus."""
    outcomes = measure_all(kind)
    return summary(outcomes) if outcomes else ""


def table(title, counter, most):
    if counter:
        print(f"\n{title}")
    for place, count in sorted(counter.items(), key=lambda one: (-one[1], one[0]))[:most]:
        print(f"  {count:5}  {place}")


def report(kind, outcomes, verbose):
    refused = [out for out in outcomes if out.refused]
    print(f"{kind}: {summary(outcomes)}" + (f", refused {len(refused)}" if refused else ""))
    most = None if verbose else 40
    for word in ("rest", "missing", "added"):
        counter = collections.Counter(place for out in outcomes for place in set(getattr(out, word)))
        titles = {"rest": "carried verbatim, files by place:", "missing": "LOST, files by place:",
                  "added": "added, files by place:"}
        table(titles[word], counter, most)
    only = collections.Counter(sorted(set(out.rest))[0] for out in outcomes if len(set(out.rest)) == 1)
    table("the only thing carried verbatim, files by place:", only, most)
    for out in outcomes:
        if out.crash or out.refused or out.invalid:
            first = (out.refused or out.invalid or f"exit status {out.crash}").split("\n")[0]
            print(f"  {out.path.name}: {first}")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--verbose", action="store_true")
    options.add_argument("--floor", help="least percentages, LOSSLESS,PLAIN: status 1 below them")
    options.add_argument("names", nargs="*", help="only files whose name holds one of these")
    options = options.parse_args()
    corpus = os.environ.get("GASTHOF_CORPUS")
    if not corpus or not Path(corpus).is_dir():
        print("skipped: GASTHOF_CORPUS does not name a folder of libvirt's files")
        return 77
    status = 0
    for root, kind in KINDS.items():
        outcomes = measure_all(kind, options.names)
        if not outcomes:
            continue
        report(kind, outcomes, options.verbose)
        if root == "domain" and options.floor:
            lossless = [out for out in outcomes if is_lossless(out)]
            plain = [out for out in lossless if not out.rest]
            least, least_plain = map(float, options.floor.split(","))
            status = int(any(out.crash for out in outcomes) or share_of(lossless, outcomes) < least
                         or share_of(plain, outcomes) < least_plain)
    return status


if __name__ == "__main__":
    sys.exit(main())
