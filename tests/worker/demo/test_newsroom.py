"""The bundled newsroom holds what is promised of it, and a mistake in its YAML is explained."""

import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from config.errors import ConfigError
from worker.demo.newsroom import Format, Newsroom, load, paragraphs

SECTIONS = {
    "nhan-quyen", "the-gioi", "kinh-te", "giao-duc",
    "suc-khoe", "cong-nghe", "van-hoa", "moi-truong",
}  # fmt: skip


def originals(newsroom: Newsroom):
    return [piece for piece in newsroom.pieces if piece.wire_of is None]


def shingles(html: str, size: int = 4) -> set[tuple[str, ...]]:
    words = re.sub(r"<[^>]+>", " ", html).casefold().split()
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}


def overlap(left: str, right: str) -> float:
    one, other = shingles(left), shingles(right)
    return len(one & other) / len(one | other)


def test_there_are_at_least_84_articles_that_repeat_no_other(newsroom):
    assert len(originals(newsroom)) >= 84


def test_two_thirds_are_vietnamese_and_one_third_english(newsroom):
    languages = Counter(newsroom.publisher(piece.source).language for piece in originals(newsroom))
    assert set(languages) == {"vi", "en"}
    assert 0.6 < languages["vi"] / languages.total() < 0.7


def test_eight_publishers_write_four_formats_in_the_promised_shares(newsroom):
    formats = Counter(publisher.format for publisher in newsroom.publishers)
    assert formats == {Format.RSS: 3, Format.ATOM: 2, Format.RDF: 1, Format.JSON: 2}


def test_every_section_of_the_site_has_ten_articles_or_more(newsroom):
    counts = Counter(piece.section for piece in originals(newsroom))
    assert set(counts) == SECTIONS
    assert min(counts.values()) >= 10


def test_ten_authors_write_several_articles_each_for_more_than_one_publisher(newsroom):
    assert len(newsroom.authors) == 10
    for author in newsroom.authors:
        written = [piece for piece in newsroom.pieces if author in piece.authors]
        assert len(written) >= 5, author
        assert len({piece.source for piece in written}) >= 2, author


def test_bodies_have_at_least_110_words_and_half_of_the_articles_a_picture(newsroom):
    for piece in originals(newsroom):
        assert len(re.sub(r"<[^>]+>", " ", piece.body).split()) >= 110, piece.slug
    illustrated = [piece for piece in originals(newsroom) if piece.picture is not None]
    assert len(illustrated) * 2 >= len(originals(newsroom))


def test_some_bodies_have_headings_figures_lists_and_links(newsroom):
    for tag in ("<h2>", "<figure>", "<ul>", "<a href="):
        assert sum(tag in piece.body for piece in newsroom.pieces) >= 2, tag


def test_links_within_bodies_lead_to_articles_of_the_newsroom(newsroom):
    paths = {piece.path for piece in newsroom.pieces}
    links = {link for piece in newsroom.pieces for link in re.findall('href="([^"]+)', piece.body)}
    assert links <= paths


def test_ages_spread_over_six_days_and_the_newest_is_minutes_old(newsroom):
    minutes = [piece.minutes for piece in newsroom.pieces]
    assert 0 < min(minutes) < 10
    assert 5 * 24 * 60 < max(minutes) <= 6 * 24 * 60


def test_five_wires_are_republished_nearly_word_for_word(newsroom):
    copies = [piece for piece in newsroom.pieces if piece.wire_of is not None]
    assert len({piece.wire_of for piece in copies}) == 5
    for piece in copies:
        wire = newsroom.piece(piece.wire_of)
        assert piece.title != wire.title
        assert piece.minutes < wire.minutes
        assert 0.75 < overlap(wire.body, piece.body) < 1, piece.slug


def test_three_stories_are_told_by_several_publishers_in_their_own_words(newsroom):
    stories = {piece.story for piece in newsroom.pieces if piece.story}
    assert len(stories) == 3
    languages = []
    for story in stories:
        told = [piece for piece in newsroom.pieces if piece.story == story]
        assert len({piece.source for piece in told}) == len(told) >= 2
        assert all(overlap(a.body, b.body) < 0.1 for a, b in combinations(told, 2))
        languages.append({newsroom.publisher(piece.source).language for piece in told})
    assert {"vi", "en"} in languages


def test_every_special_case_says_what_it_is_for(newsroom):
    special = [
        piece
        for piece in newsroom.pieces
        if piece.correction or piece.withdrawn_after_s or piece.wire_of or piece.story
    ]
    assert all(item.note for item in (*special, *newsroom.listings))
    assert sum(piece.correction is not None for piece in special) == 2
    assert sum(piece.withdrawn_after_s is not None for piece in special) == 1
    assert [item.scheme for item in newsroom.listings if item.scheme == "https"]
    assert [item.query for item in newsroom.listings if "utm_source" in item.query]


def test_paragraphs_wrap_plain_blocks_and_keep_tagged_ones():
    assert paragraphs("one\nline\n\n<h2>Two</h2>\n") == "<p>one line</p>\n<h2>Two</h2>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "authors.yaml").write_text("authors: [An]")
    (tmp_path / "publishers.yaml").write_text(
        "publishers: [{name: bao, title: B, description: D, domain: b.example, format: rss,"
        " language: vi, timezone: UTC}]"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("source: boa", "no publisher 'boa' (did you mean 'bao'?)"),
        ("authors: [Ann]", "no author 'Ann' (did you mean 'An'?)"),
        ("colour: red", "unexpected keyword argument 'colour'"),
        ("correction: {after_s: 1, note: n, edits: [[absent, x]]}", "'absent' stands 0 times"),
    ],
)
def test_a_mistake_is_explained(folder, change, complaint):
    article = {
        "slug": "mot", "source": "bao", "title": "T", "summary": "S", "category": "C",
        "minutes": "1", "body": "text", "authors": "[An]",
    }  # fmt: skip
    name, _, value = change.partition(": ")
    lines = "\n".join(f"    {key}: {text}" for key, text in (article | {name: value}).items())
    (folder / "van-hoa.yaml").write_text(f"section: van-hoa\narticles:\n  -\n{lines}\n")
    with pytest.raises(ConfigError, match=re.escape(complaint)):
        load(folder)
