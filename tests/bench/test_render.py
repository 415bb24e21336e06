import feedparser
import pytest
from lxml import etree

from bench.corpus import Corpus
from bench.render import render_feed

CORPUS = Corpus(10, 8, 1)


@pytest.mark.parametrize("source", range(10))
def test_feed_is_well_formed_and_has_all_its_articles(source: int) -> None:
    document = render_feed(CORPUS, source)
    etree.fromstring(document.body)
    parsed = feedparser.parse(document.body)
    articles = CORPUS.articles(source)
    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries] == [article.title for article in articles]
    assert [entry.link for entry in parsed.entries] == [article.link for article in articles]
    assert [entry.author for entry in parsed.entries] == [article.author for article in articles]


@pytest.mark.parametrize("source", [0, 4])
def test_bodies_dates_and_categories_arrive(source: int) -> None:
    parsed = feedparser.parse(render_feed(CORPUS, source).body)
    for entry, article in zip(parsed.entries, CORPUS.articles(source), strict=True):
        assert all(f"<p>{text}</p>" in entry.content[0].value for text in article.paragraphs)
        assert entry.published_parsed == article.published.utctimetuple()
        assert entry.tags[0].term == article.category
        assert entry.summary


def test_ids_are_unique_over_all_feeds() -> None:
    ids = {
        entry.id
        for source in range(10)
        for entry in feedparser.parse(render_feed(CORPUS, source).body).entries
    }
    assert len(ids) == 80


def test_a_fifth_of_the_feeds_speak_atom() -> None:
    versions = [feedparser.parse(render_feed(CORPUS, source).body).version for source in range(10)]
    assert (versions.count("rss20"), versions.count("atom10")) == (8, 2)


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert render_feed(CORPUS, 3) == render_feed(Corpus(10, 8, 1), 3)
