"""Fixtures of the metal tier: what is booted, and a place for what the machine says.

box             a function that orders and starts machines; they end with the test
guest_image     a function: the guest test image of that name, built when it is not there
appliance_image the appliance's disk image as this tree makes it, built when it is not there
light           a function: the appliance with the demo's description, and what `adds` says and the
                files `includes` say, running

A test whose emulator fell over (machine.EMULATOR_FAULTS) begins anew, and the summary has a warning.
A machine's serial logs, arguments and QEMU's own words are kept in build/metal/<test>/.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import machine
from light import Appliance, best_accel, best_qemu, make_key, stamp
from machine import Machine

HERE = Path(__file__).resolve().parent
TREE = HERE.parents[1]
KEEP = TREE / "build" / "metal"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.path).parent == HERE:
            item.obj = machine.begins_anew(
                item.obj, lambda what, item=item: item.warn(pytest.PytestWarning(what)))


@pytest.fixture
def workdir(request):
    """An empty folder of this test's own, kept until it runs again."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", request.node.nodeid.split("/")[-1])
    folder = KEEP / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def box(workdir):
    """box(disks=..., firmware=...) -> a running Machine, or one of its descendants (`kind`). Skips
    when the build machine cannot emulate it."""
    started = []

    def start(kind=Machine, **order):
        order.setdefault("qemu", best_qemu())
        new = kind(workdir / f"machine{len(started)}", **order)
        lacks = machine.missing(new.firmware, new.qemu)
        if lacks:
            pytest.skip("; ".join(lacks))
        started.append(new)
        return new.start()

    yield start
    for each in started:
        each.kill()


@pytest.fixture(scope="session")
def guest_image():
    """guest_image("small") -> path. A build that fails is an error of the test, in one line."""

    def build(kind):
        done = subprocess.run([TREE / "recipes/guest/build", kind], capture_output=True, text=True,
                              check=False, timeout=1500)
        if done.returncode:
            pytest.fail(done.stderr.strip().splitlines()[-1], pytrace=False)
        return Path(done.stdout.strip())

    return build


@pytest.fixture(scope="session")
def appliance_image():
    """The image of the tree as it is: a cached one, unless something in it changed."""
    if os.geteuid() != 0:
        pytest.skip("the appliance's image is made with mmdebstrap, which needs root here")
    done = subprocess.run(["make", "-s", "-C", TREE, "image"], capture_output=True, text=True,
                          check=False, timeout=1800)
    if done.returncode:
        why = done.stderr.strip().splitlines() or ["no message"]
        pytest.fail(f"make image: {why[-1]}", pytrace=False)
    return TREE / "build" / "gasthof.raw"


@pytest.fixture(scope="session")
def small_guest(guest_image):
    return guest_image("small")


@pytest.fixture
def light(workdir, box, appliance_image, small_guest):
    """light(bus=..., others=..., adds=...) -> the running appliance."""

    def start(adds="", includes=(), options="", **order):
        key = make_key(workdir)
        order = {**best_accel(small_guest, workdir / "trial"), **order}
        medium = stamp(appliance_image, small_guest, workdir, key, options=options, adds=adds,
                       includes=includes)
        return box(kind=Appliance, medium=medium, key=key, **order)

    return start
