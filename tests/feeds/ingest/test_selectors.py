"""A source's own selectors: they choose and remove, and what matches nothing changes nothing."""

from lxml import html

from feeds.ingest.page import words_of
from feeds.ingest.selectors import Chosen, apply_rules
from feeds.model import PageRules

PAGE = """<h3 class="tit">Tít</h3><meta itemprop="d" content="2026-10-05"><p class="by">An</p>
<p class="by">Bình</p><div class="detail">Thân <b class="box">hộp</b> bài</div>"""


def test_rules_choose_and_remove() -> None:
    root = html.document_fromstring(PAGE)
    chosen = apply_rules(root, PageRules("div.detail", ".tit", ".by", "[itemprop=d]", (".box",)))
    assert (chosen.title, chosen.authors, chosen.published) == ("Tít", ("An", "Bình"), "2026-10-05")
    assert chosen.body is not None
    assert words_of(chosen.body) == "Thân bài"


def test_rules_that_match_nothing_and_no_rules_change_nothing() -> None:
    for rules in (PageRules(), PageRules(".x", ".x", ".x", ".x", (".x",))):
        root = html.document_fromstring(PAGE)
        before = html.tostring(root)
        assert apply_rules(root, rules) == Chosen(None, "", (), None)
        assert html.tostring(root) == before
