"""The results file: one line for each test, whatever ran it.

    verdict TAB tier TAB name TAB seconds TAB reason

verdict is PASS, FAIL or SKIP. Python tests write their own (conftest.py); cmocka programs are read
from their logs; make targets count as one test each.
"""

import re
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
FILE = TREE / "build" / "results"
CMOCKA = re.compile(r"^\[\s+(OK|FAILED|SKIPPED)\s+\] (\S+)$")
CMOCKA_VERDICT = {"OK": "PASS", "FAILED": "FAIL", "SKIPPED": "SKIP"}


@dataclass
class Result:
    verdict: str
    tier: str
    name: str
    seconds: float = 0.0
    reason: str = ""

    def line(self) -> str:
        reason = " ".join(self.reason.split())
        return f"{self.verdict}\t{self.tier}\t{self.name}\t{self.seconds:.2f}\t{reason}\n"


def append(*results: Result) -> None:
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("a") as out:
        out.writelines(result.line() for result in results)


def read() -> list[Result]:
    """All results. A test with several lines (its teardown failed too) counts once: the worst."""
    worst = ["SKIP", "PASS", "FAIL"]
    found: dict[tuple[str, str], Result] = {}
    for line in FILE.read_text().splitlines() if FILE.exists() else []:
        verdict, tier, name, seconds, reason = line.split("\t", 4)
        result = Result(verdict, tier, name, float(seconds), reason)
        old = found.get((tier, name))
        if old is None or worst.index(verdict) > worst.index(old.verdict):
            found[(tier, name)] = result
    return list(found.values())


def cmocka(log: Path, tier: str, flavour: str) -> list[Result]:
    """The tests a cmocka program logged."""
    program = f"{flavour}{log.name.removesuffix('.log')}"
    found = []
    said = ""  # a test that skips says why just before
    for line in log.read_text(errors="replace").splitlines():
        match = CMOCKA.match(line)
        if match is None or match[2].isdigit() or match[2].endswith(":"):
            said = said if line.startswith("[") else line
            continue
        verdict = CMOCKA_VERDICT[match[1]]
        reason = said.removeprefix("skipped: ") or "it does not say why"
        reason, said = reason if verdict == "SKIP" else "", ""
        found.append(Result(verdict, tier, f"{program}::{match[2]}", 0.0, reason))
    return found


def count(results: list[Result], verdict: str) -> int:
    return sum(1 for result in results if result.verdict == verdict)
