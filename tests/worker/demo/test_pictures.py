"""Drawn pictures are small, well-formed and the same every time."""

import pytest
from lxml import etree

from worker.demo.pictures import PALETTES, draw


def test_every_picture_of_the_newsroom_is_a_small_svg_with_a_view_box(newsroom):
    for name, section in newsroom.pictures.items():
        drawn = draw(name, section)
        root = etree.fromstring(drawn)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.get("viewBox") == "0 0 960 540"
        assert len(drawn) < 4096, name


def test_the_same_name_gives_the_same_bytes_and_another_name_another_scene():
    assert draw("river-a", "van-hoa") == draw("river-a", "van-hoa") != draw("river-b", "van-hoa")


def test_each_section_has_its_own_colours():
    assert len({draw("city-a", section) for section in PALETTES}) == len(PALETTES) == 8


def test_an_unknown_motif_is_refused():
    with pytest.raises(KeyError):
        draw("dragon-a", "van-hoa")
