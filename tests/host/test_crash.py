"""An apply that is killed in the middle, anywhere, is finished by the next one, and nothing is
there twice."""

import pytest

import strace
from described import ALLOW, DESCRIPTION, different, site

pytestmark = [pytest.mark.cost(15, telling=1), pytest.mark.kernel("bridge", "tun", "nft_nat")]
PARTS = 5  # the run is killed after each of these parts of its way


@pytest.fixture(scope="module")
def whole_way(house, tmp_path_factory):
    """The places where an apply can be killed, and what a whole apply leads to."""
    house.container.put(DESCRIPTION, site())
    log = tmp_path_factory.mktemp("trace") / "log"
    places = strace.effects(house.container, log, "gasthof", "apply")
    house.assert_settled()
    return places, house.fingerprint()


@pytest.mark.parametrize("part", range(PARTS))
def test_apply_after_a_kill_finishes(whole_way, new_house, tmp_path, part):
    places, wanted = whole_way
    new_house.container.put(DESCRIPTION, site())
    place = places[len(places) * (2 * part + 1) // (2 * PARTS)]
    assert strace.kill_at(new_house.container, tmp_path / "log", place, "gasthof", "apply")
    new_house.apply()
    new_house.assert_settled()
    found = new_house.fingerprint()
    assert different(wanted, found) == {}


def test_rollback_after_a_kill_takes_the_finished_part_back(whole_way, new_house, tmp_path):
    places, _ = whole_way
    before = new_house.fingerprint()
    new_house.container.put(DESCRIPTION, site())
    place = places[len(places) // 2]
    assert strace.kill_at(new_house.container, tmp_path / "log", place, "gasthof", "apply")
    new_house.gasthof("rollback", *ALLOW)
    new_house.container.run("rm", DESCRIPTION)
    after = new_house.fingerprint()
    assert different(before, after) == {}
