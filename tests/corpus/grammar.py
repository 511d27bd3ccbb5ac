"""Documents that a RELAX NG grammar allows, made at random.

A Maker reads a schema with all that it includes, and makes documents from it: every choice, every
optional part, every repetition and the order of what may stand in any order are drawn from one random
generator, so that a seed makes the same documents again.  Of datatypes it knows those that libvirt's
schemas use; what it makes is for programs that read such documents, not for the schema.
"""

import random
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

try:
    from re import _parser as patterns
except ImportError:  # before Python 3.11
    import sre_parse as patterns

RNG = "{http://relaxng.org/ns/structure/1.0}"
WORDS = ("a", "web", "vm-1", "x_y", "Z", "data.0", "lab", "b.2")
RARE = ("M\u00fcnchen", "\u65e5\u672c", "a\u0085b", "a\u2028b", "\U0001f600", "a\tb", "a\nb", "a  b", "- x: {y}", "# no", "yes", "null",
        "0x1F", "1e3", "%d%s", "a'b\"c", "<&>", "]]", "x" * 300, "\ufffd", "~", "@at", "*star", "a: b", "'", "\\n", "\u00a0x")
PRINTABLE = "abcXYZ0189-_.:/ "
RANGES = {"int": (-2**31, 2**31 - 1), "integer": (-2**31, 2**63), "long": (-2**63, 2**63 - 1), "short": (-2**15, 2**15 - 1),
          "positiveInteger": (1, 2**63), "unsignedInt": (0, 2**32 - 1), "unsignedLong": (0, 2**64 - 1),
          "unsignedShort": (0, 2**16 - 1)}


class Impossible(Exception):
    """notAllowed: of a choice, another one is taken."""


class Grammar:
    """The definitions of a schema and of what it includes; nested grammars have their own."""

    def __init__(self, path=None):
        self.defines, self.starts = {}, []
        if path:
            self.read(ElementTree.parse(path).getroot(), Path(path).parent)

    def read(self, root, folder, overridden=()):
        inherit(root, None)
        for part in root:
            name = part.get("name")
            if part.tag == RNG + "div":
                self.read(part, folder, overridden)
            elif part.tag == RNG + "include":
                own = [each.get("name") for each in part.iter(RNG + "define")]
                self.read(ElementTree.parse(folder / part.get("href")).getroot(), folder, (*overridden, *own))
                self.read(part, folder)
            elif part.tag == RNG + "define" and name not in overridden:
                self.nest(part, folder)
                self.defines.setdefault(name, []).append(part)
            elif part.tag == RNG + "start":
                self.nest(part, folder)
                self.starts.append(part)

    def nest(self, part, folder):
        """A grammar within a pattern is read now, where its folder is known."""
        for each in part.iter(RNG + "grammar"):
            inner = Grammar()
            inner.read(each, folder)
            NESTED[id(each)] = (each, inner)


NESTED = {}  # ElementTree's elements take no attributes of ours


def inherit(node, space):
    """A namespace that is said holds for all below."""
    space = node.get("ns", space)
    if space and node.tag in (RNG + "element", RNG + "name"):
        node.set("ns", space)
    for each in node:
        inherit(each, space)


class Maker:
    """Makes documents of one grammar.  `appetite` is how readily optional parts are there."""

    def __init__(self, grammar, seed):
        self.grammar, self.random = grammar, random.Random(seed)
        self.appetite, self.room, self.depth = 0.3, 400, 0

    def document(self, appetite=None, room=400):
        """The root element of a new document with about so many elements at most."""
        self.appetite = self.random.choice((0.05, 0.15, 0.3, 0.6)) if appetite is None else appetite
        self.room, self.depth = room, 0
        root = ElementTree.Element("none")
        while not len(root):
            try:
                self.pattern(self.random.choice(self.grammar.starts), root, self.grammar)
            except Impossible:
                root = ElementTree.Element("none")
        return root[0]

    # ---- patterns ----

    def all(self, node, onto, grammar):
        for part in node:
            self.pattern(part, onto, grammar)

    def wants(self):
        hungry = self.appetite if self.depth > 1 else max(self.appetite, 0.15)
        return self.room > 0 and self.random.random() < hungry * (0.9 ** self.depth)

    def pattern(self, node, onto, grammar):
        kind = node.tag.removeprefix(RNG)
        make = getattr(self, "make_" + kind, None)
        if make:
            make(node, onto, grammar)
        elif kind in ("start", "group", "define"):
            self.all(node, onto, grammar)
        elif kind not in ("empty", "name", "anyName", "param", "except"):
            raise ValueError(f"{kind} is not known")

    def make_ref(self, node, onto, grammar):
        defines = grammar.defines.get(node.get("name"))
        if not defines:
            raise Impossible(node.get("name"))
        combine = next((each.get("combine") for each in defines if each.get("combine")), None)
        if combine == "choice":
            self.one_of(defines, onto, grammar)
        else:
            for each in defines:
                self.all(each, onto, grammar)

    def make_grammar(self, node, onto, grammar):
        inner = NESTED[id(node)][1]
        self.all(self.random.choice(inner.starts), onto, inner)

    def one_of(self, nodes, onto, grammar):
        left = list(nodes)
        while left:
            choice = left.pop(self.random.randrange(len(left)))
            kept = (dict(onto.attrib), len(onto), onto.text)
            try:
                self.pattern(choice, onto, grammar)
                return
            except Impossible:
                onto.attrib.clear()
                onto.attrib.update(kept[0])
                del onto[kept[1]:]
                onto.text = kept[2]
        raise Impossible

    def make_choice(self, node, onto, grammar):
        self.one_of(node, onto, grammar)

    def make_optional(self, node, onto, grammar):
        if self.wants():
            self.some(node, onto, grammar)

    def some(self, node, onto, grammar):
        try:
            self.all(node, onto, grammar)
        except Impossible:
            pass

    def repeat(self, node, onto, grammar, least):
        more = self.random.choice((0, 1, 1, 2, 3)) if least or self.wants() else 0
        for _ in range(max(least, more if self.room > 0 else 0)):
            self.some(node, onto, grammar) if not least else self.all(node, onto, grammar)

    def make_zeroOrMore(self, node, onto, grammar):
        self.repeat(node, onto, grammar, 0)

    def make_oneOrMore(self, node, onto, grammar):
        self.repeat(node, onto, grammar, 1)

    def make_interleave(self, node, onto, grammar):
        """Each part by itself, then all that they made in any order, each part's own order kept."""
        piles = []
        for part in node:
            before = len(onto)
            self.pattern(part, onto, grammar)
            piles.append(list(onto)[before:])
            del onto[before:]
        piles = [pile for pile in piles if pile]
        while piles:
            pile = self.random.choice(piles)
            onto.append(pile.pop(0))
            piles = [each for each in piles if each]

    make_mixed = make_interleave

    def make_notAllowed(self, node, onto, grammar):
        raise Impossible

    # ---- elements and attributes ----

    def name_of(self, node):
        """Its name with its namespace, and the patterns behind the name."""
        space = node.get("ns") if node.tag == RNG + "element" else None
        parts = list(node)
        name = node.get("name")
        if not name:
            first = parts.pop(0)
            space = first.get("ns", space)
            name = first.text if first.tag == RNG + "name" else ""
        if not name:
            name = self.random.choice(WORDS)
            space = self.random.choice(("http://example.org/a", "urn:b")) if node.tag == RNG + "element" else None
        return f"{{{space}}}{name}" if space else name, parts

    def make_element(self, node, onto, grammar):
        name, parts = self.name_of(node)
        self.room -= 1
        self.depth += 1
        if self.depth > 60:
            raise Impossible
        made = ElementTree.Element(name)
        try:
            for part in parts:
                self.pattern(part, made, grammar)
        finally:
            self.depth -= 1
        onto.append(made)

    def make_attribute(self, node, onto, grammar):
        name, parts = self.name_of(node)
        if name in onto.attrib:
            raise Impossible
        holder = ElementTree.Element("value")
        for part in parts:
            self.pattern(part, holder, grammar)
        value = holder.text or ("" if parts else self.text())
        onto.set(name, value)

    # ---- values ----

    def text(self):
        if self.random.random() < 0.04:
            return self.random.choice(RARE)
        return "".join(self.random.choice(PRINTABLE) for _ in range(self.random.randrange(1, 9))).strip() or "t"

    def make_text(self, node, onto, grammar):
        onto.text = (onto.text or "") + self.text()

    def make_value(self, node, onto, grammar):
        onto.text = (onto.text or "") + (node.text or "")

    def make_list(self, node, onto, grammar):
        self.all(node, onto, grammar)

    def make_data(self, node, onto, grammar):
        params = {}
        for param in node.iter(RNG + "param"):
            params.setdefault(param.get("name"), param.text)
        refused = [each.text for each in node.iter(RNG + "value")]
        for _ in range(20):
            made = self.datum(node.get("type"), params)
            if made not in refused:
                onto.text = (onto.text or "") + made
                return
        raise Impossible

    def datum(self, kind, params):
        if "pattern" in params:
            return self.of_pattern(params["pattern"])
        if kind in RANGES:
            low, high = RANGES[kind]
            return str(self.number(int(params.get("minInclusive", low)), int(params.get("maxInclusive", high))))
        if kind == "dateTime":
            return f"20{self.random.randrange(10, 40)}-0{self.random.randrange(1, 9)}-17T11:5{self.random.randrange(9)}:00"
        return self.text()

    def number(self, low, high):
        """Mostly one that somebody would write, and sometimes one at the edge."""
        edge = self.random.random()
        if edge < 0.03:
            return low
        if edge < 0.06:
            return high
        return self.random.randrange(low, high + 1) if edge < 0.1 else max(low, min(high, self.random.randrange(0, 4096)))

    # ---- regular expressions ----

    def of_pattern(self, pattern):
        # what XML Schema's patterns have and Python's read otherwise
        text = re.sub(r"^\$", r"\$", pattern)
        return "".join(self.of_part(part) for part in patterns.parse(text))

    def of_parts(self, parts):
        return "".join(self.of_part(part) for part in parts)

    def of_part(self, part):
        kind, value = str(part[0]).lower(), part[1]
        if kind == "literal":
            return chr(value)
        if kind == "any":
            return self.random.choice(PRINTABLE.strip())
        if kind == "not_literal":
            return self.random.choice([each for each in PRINTABLE if ord(each) != value])
        if kind == "in":
            return self.of_set(value)
        if kind == "branch":
            return self.of_parts(self.random.choice(value[1]))
        if kind == "subpattern":
            return self.of_parts(value[-1])
        if kind in ("max_repeat", "min_repeat"):
            least, most, inner = value
            most = min(int(most), least + self.random.choice((0, 1, 2, 3, 7)))
            return "".join(self.of_parts(inner) for _ in range(self.random.randint(least, max(least, most))))
        raise ValueError(f"{pattern_name(part)} in a pattern is not known")

    def of_set(self, members):
        fits = []
        negated = str(members[0][0]).lower() == "negate"
        for member in members:
            kind, value = str(member[0]).lower(), member[1]
            if kind == "literal":
                fits.append(chr(value))
            elif kind == "range":
                fits += [chr(each) for each in range(value[0], value[1] + 1)]
        if negated:
            fits = [each for each in PRINTABLE.strip() if each not in fits]
        return self.random.choice(fits)


def pattern_name(part):
    return str(part[0]).lower()


def main():
    """grammar.py SCHEMA SEED: one document, to look at."""
    root = Maker(Grammar(sys.argv[1]), int(sys.argv[2])).document()
    ElementTree.indent(root)
    print(ElementTree.tostring(root, encoding="unicode"))


if __name__ == "__main__":
    main()
