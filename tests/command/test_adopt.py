"""gasthof adopt, as far as it gets without root or a machine."""

import pytest

from test_command import gasthof

pytestmark = pytest.mark.cost(0.1, telling=2)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "host.yaml"
    path.write_text("gasthof: 1\nguests: {web: {memory: 1GiB}}\n")
    return path


@pytest.mark.parametrize(("what", "status", "said"), [
    ("guests/db", 3, 'the description has no "guests/db"'),
    ("gests/web", 3, 'there is no kind "gests"'),
    ("links/eno1", 5, "links need not be taken over"),
    ("links", 5, "links need not be taken over"),
])
def test_what_cannot_be_taken_over_is_told(file, what, status, said):
    done = gasthof("adopt", what, file)
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr


def test_it_says_how_it_is_used(file):
    done = gasthof("adopt")
    assert (done.returncode, done.stderr) == (1, "usage: gasthof adopt [OPTIONS] WHAT [FILE]\n")
    assert "change nothing of it" in gasthof("adopt", "--help").stdout
