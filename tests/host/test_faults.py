"""What cannot be done is told plainly, and stops only what depends on it."""

import pytest

from described import (
    DESCRIPTION,
    EXIT_WRONG,
    GUEST,
    IMAGE,
    NETWORK,
    POOL,
    describe,
    image_digest,
    image_section,
)

pytestmark = [pytest.mark.cost(6, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]
POOL_PATH = "/var/lib/gasthof/pools/default"


def test_a_wrong_digest_stops_the_guest_and_nothing_else(new_house):
    digest = "0" * 64
    text = describe(NETWORK, POOL, image_section(digest), GUEST)
    said = new_house.apply(text, status=1)
    assert "sha256" in said or "digest" in said
    assert new_house.domains() == []
    assert "lab" in new_house.networks()
    assert new_house.pools() == ["default"]
    left = new_house.out("find", POOL_PATH, "-type", "f")
    assert left == ""
    new_house.apply(text.replace(digest, image_digest()))
    assert new_house.domains() == ["web"]
    new_house.assert_settled()


def test_a_pool_path_that_is_a_file(new_house):
    new_house.container.put(POOL_PATH, "somebody's notes")
    said = new_house.apply(describe(NETWORK, POOL, image_section(image_digest()), GUEST), status=1)
    assert POOL_PATH in said
    assert new_house.container.get(POOL_PATH) == b"somebody's notes"
    assert "lab" in new_house.networks()


def test_a_disk_that_fills_up_while_an_image_is_copied(new_house):
    inside = new_house.container
    inside.run("mkdir", "-p", POOL_PATH)
    inside.run("mount", "-t", "tmpfs", "-o", "size=4M", "tmpfs", POOL_PATH)
    said = new_house.apply(describe(NETWORK, POOL, image_section(image_digest()), GUEST), status=1)
    assert "space" in said.lower()
    assert new_house.out("find", POOL_PATH, "-type", "f") == ""
    assert new_house.domains() == []
    inside.run("mount", "-o", "remount,size=400M", POOL_PATH)
    new_house.apply()
    new_house.assert_settled()


def test_an_image_that_is_gone(new_house):
    new_house.container.run("mv", IMAGE, f"{IMAGE}.away")
    said = new_house.apply(describe(POOL, image_section(image_digest())), status=1)
    assert IMAGE in said


HOSTILE = {
    "newline in a name": 'guests: {"web\\nmail": {vcpus: 1, memory: 64MiB}}',
    "quote in a name": "guests: {\"we'b\": {vcpus: 1, memory: 64MiB}}",
    "path in a name": 'guests: {"../web": {vcpus: 1, memory: 64MiB}}',
    "a MAC twice": GUEST.replace("{network: lab}", '{network: lab, mac: "52:54:00:00:00:01"}')
    + GUEST.replace("guests:\n", "")
    .replace("  web:", "  mail:")
    .replace("{network: lab}", '{network: lab, mac: "52:54:00:00:00:01"}'),
    "networks that overlap": "networks:\n"
    "  one: {mode: nat, subnets: {v4: 10.30.0.0/16}}\n"
    "  two: {mode: nat, subnets: {v4: 10.30.4.0/24}}\n",
}


@pytest.mark.cost(1, telling=2)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_description_that_is_wrong_has_no_effect(house, name):
    parts = [HOSTILE[name]]
    if "mac" in parts[0]:
        parts += [NETWORK, POOL, image_section(image_digest())]
    before = house.fingerprint()
    house.container.put(DESCRIPTION, describe(*parts))
    said = house.gasthof("apply", status=EXIT_WRONG)
    assert f"{DESCRIPTION}:" in said
    house.container.run("rm", DESCRIPTION)
    assert house.fingerprint() == {**before, "files": house.fingerprint()["files"]}


@pytest.mark.cost(2, telling=2)
def test_more_memory_than_the_machine_has(house):
    guest = "guests: {big: {virtualization: emulated, vcpus: 1, memory: 64TiB}}"
    house.container.put(DESCRIPTION, describe(guest))
    done = house.container.run("gasthof", "apply", check=False)
    assert done.returncode in (3, 4)
    assert "memory" in done.stdout + done.stderr
    assert house.domains() == []
