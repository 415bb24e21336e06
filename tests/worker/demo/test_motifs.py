"""Each motif draws onto the sky, whatever the seed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from worker.demo.motifs import MOTIFS
from worker.demo.pictures import draw


@pytest.mark.parametrize("motif", MOTIFS)
@given(seed=st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12))
def test_a_motif_draws_a_small_scene_from_any_seed(motif, seed):
    drawn = draw(f"{motif}-{seed}", "cong-nghe")
    assert len(etree.fromstring(drawn)) > 8
    assert len(drawn) < 4096
