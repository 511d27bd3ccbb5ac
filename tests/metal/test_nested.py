"""A guest that may run guests of its own: three levels below the emulator (L1, L3, A27)."""

import pytest

from test_guest_images import values

ADDRESS = "10.20.0.20"
ADDS = f"""kvm: {{nested: true}}
guests:
  web: {{cpu: {{nested: true}}}}
  plain:
    memory: 160MiB
    disks: {{root: {{image: small, size: 256MiB}}}}
    nics: {{lab: {{network: lab, address: {ADDRESS}}}}}
    cpu: {{nested: false}}
    cloud_init: {{}}
    state: running
"""


@pytest.mark.cost(200, telling=2)
def test_a_guest_has_kvm_where_it_is_described(light):
    host = light(adds=ADDS)
    assert host.http_get("web", timeout=900) == "hello from web\n"
    begun = host.seconds()
    said = host.http_get("web", "/cgi-bin/kvm", timeout=300)
    print(f"the guest answered {begun:.0f} s after power-on and had loaded KVM "
          f"{host.seconds() - begun:.1f} s later")
    assert values(said, "kvm") == ["/dev/kvm"], said
    host.wait_for_ssh()
    host.wait_settled()
    said = host.guest_get(ADDRESS, "/cgi-bin/kvm", timeout=300)
    assert values(said, "flag") + values(said, "kvm") == ["none", "none"], said
    host.powerdown(timeout=240)
