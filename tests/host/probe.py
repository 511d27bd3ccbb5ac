"""What the build machine's kernel can do, found by trying in a network namespace of its own.

Containers share that kernel. A test that needs more says so with `@pytest.mark.kernel("vlan")` and
is skipped, with the reason, where it is not there; the metal tier has Debian's own kernel.
"""

import functools
import os
import shutil
import subprocess
from pathlib import Path

TRIES = {
    "bridge": "ip link add t0 type bridge",
    "veth": "ip link add t0 type veth peer name t1",
    "tun": "ip tuntap add t0 mode tap",
    "vlan": "ip link add t0 type veth peer name t1 && ip link add link t0 name t2 type vlan id 5",
    "bond": "ip link add t0 type bond",
    "dummy": "ip link add t0 type dummy",
    "macvlan": "ip link add t0 type veth peer name t1 && ip link add link t0 name t2 type macvlan",
    "vlan_filtering": "ip link add t0 type bridge vlan_filtering 1",
    "nft_nat": "nft 'add table ip t; add chain ip t c { type nat hook postrouting priority 100; };"
    " add rule ip t c masquerade'",
}
FILE_SYSTEMS = ("overlay", "ext4", "xfs", "btrfs", "erofs", "squashfs", "nfs4")
NODES = {"loop": "/dev/loop-control", "device_mapper": "/dev/mapper/control", "kvm": "/dev/kvm"}
WORDS = {
    "vlan": "VLAN links",
    "bond": "bonding",
    "dummy": "dummy links",
    "vlan_filtering": "bridge VLAN filtering",
    "nft_nat": "NAT in nftables",
    "device_mapper": "the device mapper",
}


@functools.cache
def has(feature: str) -> bool:
    if feature in TRIES:
        script = ["unshare", "--net", "sh", "-c", TRIES[feature]]
        return subprocess.run(script, capture_output=True, timeout=120).returncode == 0
    if feature in NODES:
        return Path(NODES[feature]).exists()
    if feature in FILE_SYSTEMS:
        return f"\t{feature}\n" in Path("/proc/filesystems").read_text()
    raise KeyError(f'no probe is called "{feature}"')


def lacks(*features: str) -> str | None:
    """Why a test that needs these cannot run here, or None."""
    absent = [WORDS.get(feature, feature) for feature in features if not has(feature)]
    return f"this machine's kernel has no {', '.join(absent)}" if absent else None


def no_containers() -> str | None:
    """Why no container can be booted here, or None."""
    if os.geteuid() != 0:
        return "containers need root"
    for program, package in (("systemd-nspawn", "systemd-container"), ("nsenter", "util-linux")):
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian package {package})"
    return lacks("overlay")
