"""A guest as Windows wants it (config/windows.yaml), on real KVM: its firmware has Secure Boot on, finds
the TPM, and Hyper-V's signature stands where Windows looks for it. Linux is what starts in it, and
tells.
"""

import json

import pytest

from light import SLOW_TICKS, TREE
from test_guest_images import values

WINDOWS = TREE / "config" / "windows.yaml"
ADDRESS = "10.30.0.20"
# The example as it is, but for its size and what would be Windows' own. One processor, and no other
# guest beside it: that spares the emulated host most of what makes it fall over (EMULATOR_FAULTS).
ADDS = f"""guests:
  web: {{state: stopped}}
  desktop:
    vcpus: 1
    memory: 384MiB
    cpu: {{topology: {{cores: 1, threads: 1}}}}
    disks: {{setup: null, drivers: null, system: {{image: small, size: 256MiB}}}}
    nics: {{lan: {{address: {ADDRESS}}}}}
    cloud_init: {{}}
    serial: {{log: /var/log/desktop.log}}
    state: running
"""


@pytest.mark.cost(260, telling=1)
def test_windows_would_find_secure_boot_a_tpm_and_hyper_v(light):
    host = light(adds=ADDS, includes=[WINDOWS], options=SLOW_TICKS, memory=3072)
    host.wait_for_ssh(timeout=600)
    said = host.guest_get(ADDRESS, "/cgi-bin/trust", timeout=1200)
    print(f"the guest told {host.seconds():.0f} s after power-on:\n{said}")
    assert values(said, "secure_boot") + values(said, "setup_mode") == ["1", "0"], said
    assert values(said, "tpm") == ["2"], said
    assert values(said, "hypervisor") == ["Microsoft Hv"], said
    host.wait_settled()
    xml = host.ssh("virsh", "dumpxml", "desktop").stdout
    assert "<domain type='kvm'" in xml and "OVMF_CODE_4M.ms.fd" in xml
    assert "<smm state='on'/>" in xml and "<clock offset='localtime'>" in xml
    checked = json.loads(host.ssh("gasthof", "check", "-o", "json").stdout)["capabilities"]
    states = {one["id"]: one["state"] for one in checked}
    for name in ("guest_uefi", "guest_secure_boot", "guest_tpm"):
        assert states[name] == "present"
    host.powerdown(timeout=240)
