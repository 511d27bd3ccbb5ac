"""Guests that are described otherwise, step by step, are in the end as if they had been described so from
their first day: the laws of converge.py, for chains of descriptions that its walks went (tests/data/converge.json).
`make converge` walks on at random."""

import json
import tempfile

import pytest

import converge
from container import Container
from trees import root_tree

pytestmark = [pytest.mark.cost(40, telling=1)]

CHAINS = json.loads((converge.TREE / "tests/data/converge.json").read_text())


@pytest.mark.parametrize("root", ["bookworm", "host"], ids=["libvirt-9.0", "libvirt-11.3"])
def test_every_step_converges(root, installed):
    with tempfile.TemporaryDirectory() as shared, \
            Container(root_tree(root), [installed], binds=[f"{shared}:{converge.SHARED}"]) as container:
        walk = converge.fixed(converge.World(container, shared), converge.chains_of(CHAINS))
    assert not walk.failures
    assert walk.taken > sum(map(len, CHAINS)) * 0.8, walk.refusals
