"""What every Python test shares: one result line for each test, and the time budget.

tests/run sets the environment; without it pytest behaves as ever.

GASTHOF_RESULTS   append `verdict TAB tier TAB name TAB seconds TAB reason` here for every test
GASTHOF_COLLECT   write `seconds TAB telling TAB name` here for every test found
GASTHOF_LEFT_OUT  names of the tests that did not fit in the budget
GASTHOF_DEADLINE  seconds since the epoch: a test that would end later is left out
GASTHOF_PACE      keep in this file how long tests take here (pace.py)
"""

import os
import time
from pathlib import Path

import pytest

from pace import Pace

HERE = Path(__file__).parent
DEFAULT_SECONDS = 2.0
DEFAULT_TELLING = 2
OVER_BUDGET = "left out: beyond CHECK_BUDGET (make check-all runs it)"


def cost_of(item) -> tuple[float, int]:
    """What the nearest `cost` mark says: a function's own before its file's."""
    mark = item.get_closest_marker("cost")
    if mark is None:
        return DEFAULT_SECONDS, DEFAULT_TELLING
    return float(mark.args[0]), mark.kwargs.get("telling", DEFAULT_TELLING)


def tier_of(nodeid: str) -> str:
    """host and metal are folders; every other folder is pure."""
    folder = nodeid.split("/")[0]
    return folder if folder in ("host", "metal") else "pure"


def left_out() -> set[str]:
    file = os.environ.get("GASTHOF_LEFT_OUT")
    return set(Path(file).read_text().splitlines()) if file else set()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    absent = left_out()
    for item in items:
        if item.nodeid in absent:
            item.add_marker(pytest.mark.skip(reason=OVER_BUDGET))


def pytest_collection_finish(session):
    file = os.environ.get("GASTHOF_COLLECT")
    if file is None:
        return
    with open(file, "a") as out:
        for item in session.items:
            seconds, telling = cost_of(item)
            out.write(f"{seconds:g}\t{telling}\t{item.nodeid}\n")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    deadline = float(os.environ.get("GASTHOF_DEADLINE", "inf"))
    cost = cost_of(item)[0]
    if time.time() + cost * PACE.slowness() > deadline:
        pytest.skip(OVER_BUDGET)
    PACE.begins(item.nodeid, cost)


PACE = Pace(os.environ.get("GASTHOF_PACE"))


def record(verdict: str, nodeid: str, seconds: float, reason: str = "") -> None:
    file = os.environ.get("GASTHOF_RESULTS")
    if file is None:
        return
    reason = " ".join(reason.split())
    with open(file, "a") as out:
        out.write(f"{verdict}\t{tier_of(nodeid)}\t{nodeid}\t{seconds:.2f}\t{reason}\n")


def first_words(report) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return (crash.message if crash else str(report.longrepr))[:200]


def pytest_runtest_logreport(report):
    """One line for each test: its call, or the setup or teardown that spoiled it."""
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        record("SKIP", report.nodeid, report.duration, reason.removeprefix("Skipped: "))
    elif report.failed:
        record("FAIL", report.nodeid, report.duration, f"{report.when}: {first_words(report)}")
    elif report.when == "call":
        record("PASS", report.nodeid, report.duration)
    if report.skipped:
        PACE.skipped()
    elif report.when == "teardown":
        PACE.ended()


def pytest_collectreport(report):
    if report.failed:
        record("FAIL", report.nodeid, 0.0, f"cannot be read: {first_words(report)}")
