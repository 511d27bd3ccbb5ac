"""What an apply did can be taken back: by inverses that were recorded before each effect."""

import pytest

from described import ALLOW, DESCRIPTION, NETWORK, POOL, describe, different, site

pytestmark = [pytest.mark.cost(10, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]


def files(house) -> dict[str, str]:
    return house.contents("/etc", "/usr/local", "/var/lib/libvirt/images")


def test_files_are_as_they_were_byte_for_byte(new_house):
    new_house.container.run("virsh", "list")  # libvirtd has started and written what it writes
    new_house.container.put(DESCRIPTION, site())
    before = files(new_house), new_house.fingerprint()
    new_house.apply()
    new_house.switch_off()
    new_house.gasthof("rollback", *ALLOW)
    assert different(before[0], files(new_house)) == {}
    assert different(before[1], new_house.fingerprint()) == {}


def test_the_last_run_alone_is_taken_back(new_house):
    new_house.apply(describe(NETWORK))
    between = new_house.fingerprint()
    new_house.apply(describe(NETWORK, POOL))
    new_house.gasthof("rollback")
    assert different(between, new_house.fingerprint()) == {}
    assert "pools.default" in new_house.gasthof("plan")


def test_a_run_that_changed_files_puts_their_old_content_back(new_house):
    new_house.apply(describe(NETWORK))
    before = files(new_house)
    changed = describe(NETWORK).replace("10.20.0.199", "10.20.0.150")
    new_house.apply(changed)
    assert different(before, files(new_house)) != {}
    new_house.gasthof("rollback")
    after = files(new_house)
    after[DESCRIPTION] = before[DESCRIPTION]  # the description is a person's
    assert different(before, after) == {}


def test_history_names_the_runs(new_house):
    new_house.apply(describe(POOL))
    new_house.gasthof("rollback")
    said = new_house.gasthof("history")
    assert len([line for line in said.splitlines() if line.strip()]) >= 2
