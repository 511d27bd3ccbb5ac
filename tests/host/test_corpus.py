"""Other people's guests, networks and pools, all of them on one host: described, taken over, nothing to do."""

import pytest

import corpus
from trees import root_tree

pytestmark = [
    pytest.mark.cost(25, telling=1),
    pytest.mark.kernel("bridge", "tun"),
    pytest.mark.skipif(not corpus.files_of(corpus.SORTS[0]),
                       reason="GASTHOF_CORPUS does not name a folder of libvirt's files"),
]


@pytest.mark.parametrize("root", ["bookworm", "host"], ids=["libvirt-9.0", "libvirt-11.3"])
def test_what_libvirt_takes_is_taken_over_as_it_is(root, installed):
    outcome = corpus.judge(root_tree(root), installed)
    assert outcome.is_lawful(), f"{corpus.summary(outcome)}\n{corpus.details(outcome)}"
    domains = corpus.files_of(corpus.SORTS[0])
    assert len(outcome.taken["domains"]) > len(domains) / 2, corpus.refusals(outcome)
