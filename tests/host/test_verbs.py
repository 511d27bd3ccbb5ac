"""Every verb of hostd/resource/verbs.def, done and undone where systemd and libvirt are real.

The programs are those of tests/live; some of them also run outside (make check-live), in namespaces
of their own and with libvirt's test driver.
"""

import re
import subprocess
from pathlib import Path

import pytest

from container import Container
from trees import TREE

pytestmark = [pytest.mark.cost(6, telling=3), pytest.mark.kernel("bridge")]

PROGRAMS = {
    "files": [],
    "system": [],
    "swap": [],
    "pages": [],
    "processor": [],
    "network": [],
    "images": [],
    "systemd": ["here"],
    "libvirt": ["qemu:///system"],
    "marks": ["qemu:///system"],
    "settings": ["qemu:///system"],
}
# What Debian 13's root does not have: the test framework itself.
LIBRARIES = ("libcmocka.so.0",)


def libraries(program: Path) -> dict[str, Path]:
    """Where the build machine has the libraries that only tests need."""
    said = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    found = dict(re.findall(r"(\S+) => (/\S+)", said))
    return {name: Path(found[name]) for name in LIBRARIES}


@pytest.fixture(scope="module")
def built() -> Path:
    subprocess.run(["make", "-s", "-j2", "-C", TREE, "live-tests"], check=True, timeout=900)
    return TREE / "build" / "gcc" / "tests" / "live"


@pytest.fixture(scope="module")
def bare(debian_13, built):
    """Debian 13 with the test programs on it, and nothing else of ours."""
    with Container(debian_13) as container:
        for name in PROGRAMS:
            program = built / f"test_live_{name}"
            container.put(f"/opt/live/{program.name}", program.read_bytes(), mode=0o755)
        for name, path in libraries(program).items():
            container.put(f"/usr/lib/x86_64-linux-gnu/{name}", path.read_bytes())
        container.run("systemctl", "enable", "--now", "systemd-networkd.service")
        yield container


# The first connection has libvirt look at its QEMU, which alone takes half a minute.
LONG = {"libvirt": pytest.mark.cost(80, telling=3), "settings": pytest.mark.cost(50, telling=3)}


@pytest.mark.parametrize("name", [pytest.param(n, marks=LONG.get(n, ())) for n in PROGRAMS])
def test_verbs(bare, name):
    program = [f"/opt/live/test_live_{name}", *PROGRAMS[name]]
    done = bare.run(*program, check=False, timeout=900)
    text = done.stdout + done.stderr
    assert done.returncode == 0, text
    ran = re.search(r"\[==========\] (\d+) test\(s\) run\.", text)
    assert ran and int(ran.group(1)) > 0
