"""Every cross-site scripting vector through every field, in a real browser (F19)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from lxml import etree
from playwright.sync_api import Browser, Page

from feeds.store.tables import author

pytestmark = pytest.mark.browser
VECTORS = Path(__file__).parents[4] / "shared/conformance/vectors/xss.jsonl"
PER_SOURCE = 20
# No control characters: ingest drops them, and PostgreSQL takes no NUL.
_CLEAN = {code: None for code in range(32) if code not in (9, 10, 13)}


@pytest.fixture(scope="module")
def sources(stock: Any) -> list[str]:
    """Sources whose every article is a vector in each of its fields."""
    if not VECTORS.exists():
        pytest.skip("the shared vectors are not beside this checkout")
    payloads = [json.loads(line)["payload"] for line in VECTORS.read_text().splitlines()]
    names = []
    for start in range(0, len(payloads), PER_SOURCE):
        name = f"xss-{start}"
        stock.source(name, payloads[start].translate(_CLEAN))
        for number, payload in enumerate(payloads[start : start + PER_SOURCE], start):
            _store(stock, name, number, payload.translate(_CLEAN))
        names.append(name)
    return names


def _store(stock: Any, name: str, number: int, text: str) -> None:
    image = {"url": text, "caption": text, "credit": text, "alt": text, "width": 9, "height": 9}
    slug = f"xss-author-{number}"
    with stock.engine.begin() as connection:
        connection.execute(sa.insert(author).values(slug=slug, name=text))
    fields = {"excerpt": text, "html": text, "text": text, "url": text, "image": image}
    stock.article(
        f"xss-{number}",
        text,
        by=name,
        authors=(slug,),
        section=None,
        minutes=200_000 + number,
        **fields,
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser's page."""
    opened = browser.new_page()
    yield opened
    opened.close()


def test_no_vector_speaks_or_calls_out_of_embeds(web: Any, page: Page, sources: list[str]) -> None:
    dialogs: list[str] = []
    foreign: list[str] = []

    def on_dialog(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    def on_route(route: Any) -> None:
        request = route.request
        if request.url.startswith(f"{web.url}/"):
            route.continue_()
            return
        # A frame shows its articles' pictures, which stand elsewhere by nature.
        if request.resource_type != "image":
            foreign.append(request.url)
        route.abort()

    page.on("dialog", on_dialog)
    page.route("**/*", on_route)
    for name in sources:
        for path in (f"/embed/source/{name}?count=20", f"/embed/source/{name}.html?count=20"):
            page.goto(web.url + path, wait_until="domcontentloaded")
            assert page.locator("li").count() > 0
            assert page.evaluate("document.querySelectorAll('script').length") <= 1
            own = "[...document.links].every(a => a.origin === location.origin)"
            assert page.evaluate(own)
    assert (dialogs, foreign) == ([], [])


def test_oembed_of_vectors_is_well_formed_and_json_is_json(
    web: Any, public: Any, sources: list[str]
) -> None:
    for name in sources:
        items = json.loads(web.ask(f"/embed/source/{name}.json?count=20").body)["items"]
        for item in items[:3]:
            found = web.ask(f"/oembed?format=xml&url={web.url}/article/{item['id']}")
            html = etree.fromstring(found.body).findtext("html")
            assert html is not None
            quoted = etree.fromstring(html, etree.HTMLParser())
            tags = {one.tag for one in quoted.iter()}
            assert tags <= {"html", "body", "blockquote", "p", "a"}
