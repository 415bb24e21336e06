"""Pages in a real browser: no error, nothing foreign but publishers' pictures, usable by all."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from feeds.store import search
from feeds.store.search import Words
from feeds.store.tables import article
from feeds.text.normalise import fold

pytestmark = pytest.mark.browser
PICTURES = "https://images.example/"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="540"/>'
DESKTOP, PHONE = (1280, 900), (360, 740)
LOOKS = [("light", DESKTOP), ("dark", PHONE)]


@pytest.fixture(scope="module")
def paths(stock: Any, public: Any) -> dict[str, str]:
    """The address of each kind of page, with a story and something to find."""
    first = stock.article("seen-1", "Cầu mới qua sông Hậu", minutes=70_000)
    second = stock.article("seen-2", "Khánh thành cầu mới", minutes=69_000, by="cuu-long")
    with stock.engine.begin() as connection:
        members = article.c.id.in_([first, second])
        connection.execute(sa.update(article).where(members).values(story_id=first))
        told = search.told(connection, [first, second], 100)
        words = [Words(o.article_id, o.effective_at, fold(o.title), fold(o.text)) for o in told]
        search.write(connection, words, ())
    return {
        "home": "/",
        "section": "/section/nhan-quyen",
        "article": f"/article/{public('lead')}",
        "story": f"/story/{public('seen-1')}",
        "search": "/search?q=cau+moi",
        "feeds": "/feeds",
        "nothing": "/nowhere",
    }


@dataclass
class Seen:
    """What a browser met on a page."""

    page: Page
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1][0]}")
def seen(request: Any, browser: Browser, web: Any) -> Iterator[Seen]:
    """A window of a size in a colour scheme, whose publishers' pictures are there."""
    scheme, (width, height) = request.param
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": height}, locale="vi-VN"
    )
    made = Seen(context.new_page())
    made.page.on("console", lambda said: made.errors.append(said.text))
    made.page.on("pageerror", lambda error: made.errors.append(str(error)))
    made.page.on("request", lambda asked: _note(made, asked.url, web.url))
    context.route(
        f"{PICTURES}*", lambda route: route.fulfill(body=PICTURE, content_type="image/svg+xml")
    )
    yield made
    context.close()


def _note(seen: Seen, url: str, own: str) -> None:
    if not url.startswith((own, PICTURES)):
        seen.foreign.append(url)


@pytest.mark.parametrize("name", ["home", "section", "article", "story", "search"])
def test_a_page_is_whole_quiet_and_usable_by_all(
    seen: Seen, web: Any, paths: dict[str, str], name: str
) -> None:
    seen.page.goto(web.url + paths[name])
    seen.page.wait_for_load_state("load")
    assert (seen.errors, seen.foreign) == ([], [])
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert seen.page.evaluate(wide) == 0, "nothing sticks out at the side"
    found = Axe().run(seen.page).response["violations"]
    assert [(one["id"], [n["target"] for n in one["nodes"]]) for one in found] == []


def test_the_keyboard_reaches_the_text_at_once(seen: Seen, web: Any, paths: dict[str, str]) -> None:
    page = seen.page
    page.goto(web.url + paths["article"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    page.wait_for_url("**#content")


def test_a_reader_searches_and_opens_what_was_found(
    seen: Seen, web: Any, paths: dict[str, str]
) -> None:
    page = seen.page
    page.goto(web.url)
    page.locator("input[name=q]").fill("cầu mới")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.locator(".found h2 a").first.click()
    page.wait_for_url("**/article/*")
    page.locator(".whole-story a").click()
    page.wait_for_url("**/story/*")
    assert page.locator(".timeline > li").count() == 2
    assert (seen.errors, seen.foreign) == ([], [])


@pytest.mark.parametrize("name", ["feeds", "nothing"])
def test_other_pages_are_usable_too(
    browser: Browser, web: Any, paths: dict[str, str], name: str
) -> None:
    page = browser.new_page()
    page.goto(web.url + paths[name])
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    page.close()


def test_pages_and_their_style_are_light(web: Any, paths: dict[str, str]) -> None:
    style = len(web.ask("/static/site.css").body)
    for path in paths.values():
        assert 0 < len(web.ask(path).body) + style < 50_000, path
