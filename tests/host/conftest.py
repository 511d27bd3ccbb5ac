"""Fixtures of the container tier.

host        one booted Debian 13 with Gasthof installed, shared by all tests of a file
fresh_host  the same, for one test alone
boot        a function that boots containers with other roots or layers; they end with the test

When a test fails, console and journal of its container are kept in build/host/<test>/.
"""

from pathlib import Path

import pytest

import probe
from container import Broken, Container
from trees import KEEP, root_tree, staged


def pytest_collection_modifyitems(items):
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    reason = probe.no_containers()
    for item in ours:
        wanted = [f for mark in item.iter_markers("kernel") for f in mark.args]
        why = reason or probe.lacks(*wanted)
        if why:
            item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def installed() -> Path:
    return staged()


@pytest.fixture(scope="session")
def debian_13() -> Path:
    return root_tree("host")


@pytest.fixture(scope="module")
def host(debian_13, installed):
    with Container(debian_13, [installed]) as container:
        yield container


@pytest.fixture
def fresh_host(debian_13, installed):
    with Container(debian_13, [installed]) as container:
        yield container


@pytest.fixture
def boot():
    started = []

    def start(root: Path, layers=(), **how) -> Container:
        container = Container(root, layers, **how)
        container.start()
        started.append(container)
        return container

    yield start
    for container in started:
        container.stop()


def keep_traces(name: str, container: Container) -> Path:
    folder = KEEP / name.replace("/", "_").replace("::", ".")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "console").write_text(container.console())
    (folder / "journal").write_text(container.journal(lines=2000))
    return folder


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if call.when != "call" or not report.failed:
        return
    for value in getattr(item, "funcargs", {}).values():
        if isinstance(value, Container) and value.leader:
            try:
                folder = keep_traces(item.nodeid, value)
            except (Broken, OSError) as why:
                folder = f"(could not be kept: {why})"
            report.sections.append(("container", f"console and journal: {folder}"))


