"""First light: one description on one medium, firmware, and a KVM guest that answers HTTP.

Each test boots the whole appliance, so each looks at many things in one boot.
"""

import pytest

HTTP_SECONDS = 900  # a bound, not a promise: emulated, on a busy machine


@pytest.mark.cost(160, telling=1)
def test_a_description_becomes_a_guest_that_answers(light):
    host = light()
    assert host.http_get("web", timeout=HTTP_SECONDS) == "hello from web\n"
    print(f"the guest answered {host.seconds():.1f} s after power-on")
    host.wait_for_ssh()
    assert "<domain type='kvm'" in host.ssh("virsh", "dumpxml", "web").stdout
    assert host.ssh("uname", "-n").stdout.strip() == "demo"
    host.wait_settled()
    assert host.ssh("findmnt", "-no", "OPTIONS", "/").stdout.startswith("ro")
    assert host.ssh("systemctl", "is-failed", check=False).stdout.strip() != "degraded"
    host.powerdown(timeout=240)
