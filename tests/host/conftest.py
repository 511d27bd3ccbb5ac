"""Fixtures of the container tier.

house       a booted Debian 13 with Gasthof and a guest image on it, shared by all tests of a file
new_house   the same, for one test alone
boot        a function that boots containers with other roots or layers; they end with the test

When a test fails, console and journal of its container are kept in build/host/<test>/.
"""

from pathlib import Path

import pytest

import probe
from container import Broken, Container
from described import Described, image_layer
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


@pytest.fixture(scope="session")
def image_tree(tmp_path_factory) -> Path:
    return image_layer(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def house(debian_13, installed, image_tree):
    with Container(debian_13, [image_tree, installed]) as container:
        yield Described(container)


@pytest.fixture
def new_house(debian_13, installed, image_tree):
    with Container(debian_13, [image_tree, installed]) as container:
        yield Described(container)


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
        value = value.container if isinstance(value, Described) else value
        if isinstance(value, Container) and value.leader:
            try:
                folder = keep_traces(item.nodeid, value)
            except (Broken, OSError) as why:
                folder = f"(could not be kept: {why})"
            report.sections.append(("container", f"console and journal: {folder}"))


