"""Does a JSON Schema accept what the engine accepts?

Reads {"schema": ..., "cases": [{"name", "tree", "accepted"}, ...]} from standard input and
prints a line for each case on which the two disagree.  A scalar of a tree is {"p": TEXT}, plain,
or {"q": TEXT}, quoted: the plain ones are resolved here as YAML 1.2's core schema says, the way
an editor's YAML reader would.  Exit status: 0 agreed, 1 not, 77 no validator on this machine.
"""

import json
import re
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)

INTEGER = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


def resolve(text):
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if INTEGER.match(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if FLOAT.match(text) else text


def value(tree):
    if tree is None:
        return None
    if "p" in tree:
        return resolve(tree["p"])
    if "q" in tree:
        return tree["q"]
    if "l" in tree:
        return [value(child) for child in tree["l"]]
    return {key: value(child) for key, child in tree["m"]}


def exact(schema):
    """ECMA 262's $ is the end; Python's is also before a last line break."""
    if isinstance(schema, list):
        return [exact(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    end = re.compile(r"\$(?=\)|\Z)")
    return {
        (end.sub(r"\\Z", key) if key.startswith("^") else key): (
            end.sub(r"\\Z", item) if key == "pattern" and isinstance(item, str) else exact(item)
        )
        for key, item in schema.items()
    }


def main():
    given = json.load(sys.stdin)
    jsonschema.Draft202012Validator.check_schema(given["schema"])
    validator = jsonschema.Draft202012Validator(exact(given["schema"]))
    wrong = 0
    for case in given["cases"]:
        instance = value(case["tree"])
        if validator.is_valid(instance) != case["accepted"]:
            wrong += 1
            verb = "accepts" if case["accepted"] else "refuses"
            print(f"the engine {verb}, the schema does not: {case['name']}: {instance!r}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
