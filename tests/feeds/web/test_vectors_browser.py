"""Every cross-site scripting vector through every field, in a real browser (F19)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from lxml import etree
from playwright.sync_api import Browser, Dialog, Page, Route

from feeds.model import article_id, public_id
from feeds.store import search
from feeds.store.search import Words
from feeds.store.tables import article, author

pytestmark = pytest.mark.browser
VECTORS = Path(__file__).parents[4] / "shared/conformance/vectors/xss.jsonl"
PER_SOURCE = 20
SECTION = "the-thao"
WORD = "vectoria"
# No control characters: ingest drops them, and PostgreSQL takes no NUL.
_CLEAN = {code: None for code in range(32) if code not in (9, 10, 13)}


# Frames of one page are opened in half the time that as many pages take.
_LOOK = """async ([paths, wanted]) => {
    document.body.replaceChildren();
    return Promise.all(paths.map(path => new Promise(done => {
        const frame = document.createElement("iframe");
        frame.onload = () => {
            const shown = frame.contentDocument;
            const scripts = [...shown.scripts].filter(one => one.type !== "application/ld+json");
            const isOwn = [...shown.links].every(one => one.origin === location.origin);
            done([shown.querySelectorAll(wanted).length > 0, scripts.length, isOwn]);
        };
        frame.src = path;
        document.body.append(frame);
    })));
}"""
AT_ONCE = 12


@dataclass(frozen=True)
class Batch:
    """Twenty vectors: a source, an author and a story of articles that are one in each field."""

    name: str
    payload: str
    lead: int


@pytest.fixture(scope="module")
def batches(stock: Any) -> Iterator[list[Batch]]:
    """All vectors, stored and to be found; afterwards they stand in no section."""
    if not VECTORS.exists():
        pytest.skip("the shared vectors are not beside this checkout")
    payloads = [json.loads(line)["payload"] for line in VECTORS.read_text().splitlines()]
    clean = [payload.translate(_CLEAN) for payload in payloads]
    yield [
        _batch(stock, start, clean[start : start + PER_SOURCE])
        for start in range(0, len(clean), PER_SOURCE)
    ]
    with stock.engine.begin() as connection:
        ours = article.c.guid.like("xss-%")
        connection.execute(sa.update(article).where(ours).values(section=None))


def _batch(stock: Any, start: int, payloads: list[str]) -> Batch:
    name, lead = f"xss-{start}", article_id(f"xss-{start}")
    stock.source(name, payloads[0])
    numbers = range(start, start + len(payloads))
    slugs = {name: payloads[0]} | {f"{name}-{n}": p for n, p in zip(numbers, payloads, strict=True)}
    with stock.engine.begin() as connection:
        rows = [{"slug": slug, "name": text} for slug, text in slugs.items()]
        connection.execute(sa.insert(author), rows)
    for number, text in zip(numbers, payloads, strict=True):
        _store(stock, name, number, text)
    ids = [article_id(f"xss-{number}") for number in numbers]
    with stock.engine.begin() as connection:
        members = article.c.id.in_(ids)
        connection.execute(sa.update(article).where(members).values(story_id=lead))
        told = search.told(connection, ids, 100)
        found = [Words(one.article_id, one.effective_at, WORD, WORD) for one in told]
        search.write(connection, found, ())
    return Batch(name, payloads[0], lead)


def _store(stock: Any, name: str, number: int, text: str) -> None:
    image = {"url": text, "caption": text, "credit": text, "alt": text, "width": 9, "height": 9}
    fields = {"excerpt": text, "html": text, "text": text, "url": text, "image": image}
    stock.article(
        f"xss-{number}",
        text,
        by=name,
        authors=(f"{name}-{number}", name),
        section=SECTION,
        minutes=200_000 + number,
        **fields,
    )


@dataclass
class Watched:
    """A browser's page, and what on it spoke, called out, or ran."""

    page: Page
    home: str
    heard: list[str] = field(default_factory=list)

    def visit(self, paths: list[str], wanted: str, scripts: int = 0) -> None:
        """Open pages of ours on each of which something is wanted; look at links and scripts."""
        self.page.goto(f"{self.home}/healthz")
        for start in range(0, len(paths), AT_ONCE):
            some = paths[start : start + AT_ONCE]
            seen = self.page.evaluate(_LOOK, [some, wanted])
            odd = [one for one in zip(some, seen, strict=True) if one[1] != [True, scripts, True]]
            assert odd == []

    def note_dialog(self, dialog: Dialog) -> None:
        self.heard.append(dialog.message)
        dialog.dismiss()

    def block(self, route: Route) -> None:
        # Articles' pictures stand elsewhere by nature.
        if route.request.resource_type != "image":
            self.heard.append(route.request.url)
        route.abort()


@pytest.fixture
def watched(browser: Browser, web: Any) -> Iterator[Watched]:
    """A browser that keeps no policy of ours: our markup alone must hold."""
    context = browser.new_context(bypass_csp=True)
    made = Watched(context.new_page(), web.url)
    made.page.on("dialog", made.note_dialog)
    made.page.route(lambda url: not url.startswith(f"{web.url}/"), made.block)
    yield made
    context.close()


def test_the_watch_hears_what_speaks_and_what_calls_out(watched: Watched) -> None:
    watched.visit(["/embed/all"], "li", scripts=1)
    watched.page.evaluate("frames[0].eval('alert(1)')")
    watched.page.evaluate("fetch('https://elsewhere.example/x').catch(() => null)")
    assert watched.heard == ["1", "https://elsewhere.example/x"]


def test_no_vector_speaks_or_calls_out_of_embeds(watched: Watched, batches: list[Batch]) -> None:
    names = [f"/embed/source/{batch.name}" for batch in batches]
    watched.visit([f"{name}?count=20" for name in names], "li", scripts=1)
    watched.visit([f"{name}.html?count=20" for name in names], "li")
    assert watched.heard == []


def test_no_vector_speaks_or_calls_out_of_pages(watched: Watched, batches: list[Batch]) -> None:
    watched.visit([f"/story/{public_id(batch.lead)}" for batch in batches], ".timeline li")
    pages = range(1, 1 + len(batches))
    watched.visit([f"/search?q={WORD}&page={number}" for number in pages], ".found h2")
    cards = [f"/section/{SECTION}?page={number}" for number in pages[: len(batches) // 2]]
    cards += [f"/author/{batch.name}" for batch in batches[::4]]
    watched.visit([*cards, "/"], ".card")
    assert watched.heard == []


def test_no_vector_that_is_searched_for_speaks(watched: Watched, batches: list[Batch]) -> None:
    asked = [urlencode({"q": batch.payload}) for batch in batches]
    watched.visit([f"/search?{query}" for query in asked], "input[name=q]")
    assert watched.heard == []


def test_oembed_of_vectors_is_well_formed_and_json_is_json(web: Any, batches: list[Batch]) -> None:
    for batch in batches:
        items = json.loads(web.ask(f"/embed/source/{batch.name}.json?count=20").body)["items"]
        for item in items[:3]:
            found = web.ask(f"/oembed?format=xml&url={web.url}/article/{item['id']}")
            html = etree.fromstring(found.body).findtext("html")
            assert html is not None
            quoted = etree.fromstring(html, etree.HTMLParser())
            tags = {one.tag for one in quoted.iter()}
            assert tags <= {"html", "body", "blockquote", "p", "a"}
