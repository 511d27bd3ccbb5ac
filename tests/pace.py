"""How fast this machine is: what tests took, and what they say they cost.

A cost is what a test takes on a busy machine. A slower one is noticed as it goes along, and what would
not end in time there is left out beforehand. What is known goes from tier to tier in a file, which
also tells which test was running when somebody ended them all.
"""

import json
import time
from pathlib import Path

ENOUGH_SECONDS = 60.0  # of stated cost, to tell anything by
HANGS = 5  # times what it costs here: that is no slow test any more


class Pace:
    def __init__(self, file=None):
        self.file = Path(file) if file else None
        text = self.file.read_text() if self.file and self.file.exists() else ""
        self.seen = {"took": 0.0, "stated": 0.0, **(json.loads(text) if text else {})}

    def slowness(self) -> float:
        """How many times longer than it says a test takes here; 1 where it is not longer."""
        if self.seen["stated"] < ENOUGH_SECONDS:
            return 1.0
        return max(1.0, self.seen["took"] / self.seen["stated"])

    def begins(self, name: str, cost: float) -> None:
        self.keep(running=name, since=time.time(), cost=cost)

    def ended(self) -> None:
        """The one that began, with all that was made for it and taken away again."""
        if self.seen.get("running"):
            took = self.seen["took"] + time.time() - self.seen["since"]
            self.keep(took=took, stated=self.seen["stated"] + self.seen["cost"], running=None)

    def skipped(self) -> None:
        """What began says nothing about the machine."""
        self.keep(running=None)

    def hung(self) -> str | None:
        """The test that runs, if that is for longer than slowness explains."""
        if not self.seen.get("running"):
            return None
        longest = HANGS * self.slowness() * max(self.seen["cost"], ENOUGH_SECONDS)
        return self.seen["running"] if time.time() - self.seen["since"] > longest else None

    def keep(self, **what) -> None:
        self.seen.update(what)
        if self.file:
            new = self.file.with_name(f"{self.file.name}.new")
            new.write_text(json.dumps(self.seen))
            new.rename(self.file)
