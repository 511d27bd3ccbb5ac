"""What libvirt keeps of a guest beside its definition: saved memory, snapshots, checkpoints."""

import pytest

from described import DESCRIPTION, EXIT_PENDING, EXIT_REFUSED, describe

pytestmark = [pytest.mark.cost(10, telling=2), pytest.mark.kernel("bridge", "tun", "nft_nat")]

SAVED = "/var/lib/libvirt/qemu/save/plain.save"


def plain(more: str = "", memory: str = "96MiB", disks: str = "{data: {size: 8MiB}}") -> str:
    """A guest that nothing boots in: what is looked at is libvirt's."""
    return describe(
        "pools: {default: {type: dir, path: /srv/pool}}",
        "guests:",
        f"  plain: {{virtualization: emulated, memory: {memory}, disks: {disks}, {more}}}",
    )


def saved(house) -> bool:
    return house.container.run("test", "-e", SAVED, check=False).returncode == 0


@pytest.fixture(scope="module")
def kept(house):
    house.apply(plain())
    house.container.run("virsh", "managedsave", "plain", timeout=400)
    assert saved(house)
    return house


def test_a_guest_goes_on_as_it_was_when_it_was_saved(kept):
    assert "waits for guest-stop: its memory was saved" in kept.apply(plain(memory="128MiB"))
    kept.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    kept.container.put(DESCRIPTION, plain("state: running", memory="128MiB"))
    assert "it goes on from there, as it was then" in kept.gasthof("plan")
    kept.apply()
    assert not saved(kept)
    assert "<memory unit='KiB'>98304<" in kept.out("virsh", "dumpxml", "plain")
    assert "memory.size" in kept.gasthof("plan", "--exit-code", status=EXIT_PENDING)


def test_a_volume_is_not_taken_from_under_saved_memory(kept):
    """After the one before."""
    kept.container.run("virsh", "managedsave", "plain", timeout=400)
    allow = ["--allow", "destroys-data"]
    said = kept.apply(plain(memory="128MiB", disks="{}"), *allow)
    assert "guests.plain, as its memory was saved, runs with it" in said
    # The definition has let go of it, and what was saved has not.
    assert "as its memory was saved, runs with it" in kept.gasthof("plan")
    assert "plain-data.qcow2" in kept.out("ls", "/srv/pool")
    kept.apply(plain(memory="128MiB"), *allow)
    assert "plain-data.qcow2" in kept.out("ls", "/srv/pool")


def test_a_guest_does_not_go_with_what_is_kept_of_it_unasked(kept):
    """After the one before: its memory is saved, and snapshots come to it."""
    kept.container.run("virsh", "start", "plain", timeout=400)
    kept.container.run("virsh", "checkpoint-create-as", "plain", "monday")
    kept.switch_off("plain")
    kept.container.put(DESCRIPTION, describe("pools: {default: {type: dir, path: /srv/pool}}"))
    said = kept.gasthof("apply", status=EXIT_REFUSED)
    assert "guests.plain needs permission for class destroys-data" in said
    assert kept.domains() == ["plain"]
    assert 'its checkpoints are forgotten ("monday")' in kept.gasthof("plan")
    kept.gasthof("apply", "--allow", "destroys-data")
    assert kept.domains() == []


def test_snapshots_and_saved_memory_go_with_permission(house):
    """After the one before."""
    house.apply(plain("state: stopped"))
    for name in ("before", "clean"):
        house.container.run("virsh", "snapshot-create-as", "plain", name)
    house.apply(plain())
    house.container.run("virsh", "start", "plain", timeout=400)
    house.container.run("virsh", "managedsave", "plain", timeout=400)
    house.container.put(DESCRIPTION, describe("pools: {default: {type: dir, path: /srv/pool}}"))
    said = house.gasthof("plan")
    assert 'its snapshots are forgotten ("before", "clean")' in said
    assert "its memory was saved: what the guest was doing then is lost" in said
    house.gasthof("apply", status=EXIT_REFUSED)
    assert saved(house)
    house.gasthof("apply", "--allow", "destroys-data")
    assert house.domains() == [] and not saved(house)
    house.assert_settled()
