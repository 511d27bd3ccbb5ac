"""Fixtures of the metal tier: what is booted, and a place for what the machine says.

box             a function that orders and starts machines; they end with the test
guest_image     a function: the guest test image of that name, built when it is not there

A machine's serial logs, arguments and QEMU's own words are kept in build/metal/<test>/.
Guest images are built by the tests that need them; the appliance image is not: it takes minutes and
root, and `make check-metal` does it before.
"""

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import machine
from machine import Machine, Qemu

TREE = Path(__file__).resolve().parents[2]
KEEP = TREE / "build" / "metal"


@functools.cache
def best_qemu():
    """The build machine's QEMU or, where that is older than 9 and we are root, the tools root's,
    which emulates better (see Machine._processor) and knows more devices."""
    own = Qemu()
    if own.version() >= 9 or os.geteuid() != 0:
        return own
    done = subprocess.run([TREE / "recipes" / "roots", "path", "tools"], capture_output=True,
                          text=True, check=False)
    return Qemu(done.stdout.strip()) if done.returncode == 0 else own


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
    """box(disks=..., firmware=...) -> a running Machine. Skips when the build machine cannot."""
    started = []

    def start(**order):
        order.setdefault("qemu", best_qemu())
        lacks = machine.missing(order.get("firmware", "bios"), order["qemu"])
        if lacks:
            pytest.skip("; ".join(lacks))
        new = Machine(workdir / f"machine{len(started)}", **order)
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
