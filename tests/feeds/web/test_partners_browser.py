"""Embeds with a partner's key in a real browser: on its own page, and on a page that is not."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><title>host</title>
<script async src="{web}/embed.js"></script>
<tinwire-feed feed="all" count="3" key="{key}"><p class="before">Tin của hôm qua</p></tinwire-feed>
<iframe id="plain" width="400" height="300" sandbox="allow-scripts"
  src="{web}/embed/all?count=4&amp;key={key}"></iframe>
"""


@dataclass
class Visit:
    """What a reader's browser sees of a page."""

    page: Page

    def element(self) -> Any:
        return self.page.frame_locator("tinwire-feed iframe").locator("li")

    def frame(self) -> Any:
        return self.page.frame_locator("#plain").locator("li")

    def fetched(self, address: str) -> dict[str, Any]:
        """Ask for an address from within the page, as a script of its own would."""
        found: dict[str, Any] = self.page.evaluate(
            """address => fetch(address).then(
              answer => answer.text().then(text => ({status: answer.status, text})),
              error => ({status: 0, text: error.name}))""",
            address,
        )
        return found


@pytest.fixture
def visit(browser: Browser, web: Any, origin: Any) -> Iterator[Callable[[str], Visit]]:
    """Open a page of the test's own origin that embeds a feed with a key."""
    made: list[Page] = []

    def go(key: str) -> Visit:
        html = PAGE.format(web=web.url, key=key)
        address = origin.serve("/host.html", html, "text/html; charset=utf-8")
        made.append(browser.new_page(viewport={"width": 600, "height": 3000}))
        made[-1].route("https://images.example/*", lambda route: route.abort())
        made[-1].goto(address)
        made[-1].wait_for_function("document.querySelectorAll('iframe').length == 2")
        return Visit(made[-1])

    yield go
    for page in made:
        page.close()


@pytest.fixture
def key_for(web: Any, partner: Callable[..., str]) -> Callable[..., str]:
    """Add a partner, and wait until the web knows its key."""

    def add(*origins: str, **quotas: int) -> str:
        key = partner(*origins, **quotas)
        until = time.monotonic() + 60
        while web.ask(f"/embed/a/b?key={key}").status == 403:
            assert time.monotonic() < until
            time.sleep(0.05)
        return key

    return add


def test_a_page_of_the_partner_shows_and_reads_it(
    visit: Callable[[str], Visit], key_for: Callable[..., str], web: Any, origin: Any
) -> None:
    key = key_for(origin.url)
    seen = visit(key)
    seen.element().nth(2).wait_for()
    seen.frame().nth(3).wait_for()
    seen.page.wait_for_function("!document.querySelector('.before')")
    for path in (f"/embed/all.json?key={key}", f"/feeds/all.json?key={key}"):
        assert seen.fetched(web.url + path)["status"] == 200


def test_a_foreign_page_can_neither_show_nor_read_it(
    visit: Callable[[str], Visit], key_for: Callable[..., str], web: Any
) -> None:
    key = key_for("https://daily.example")
    seen = visit(key)
    seen.page.wait_for_load_state("networkidle")
    assert seen.element().count() == 0
    assert seen.frame().count() == 0
    assert seen.page.locator(".before").is_visible(), "what its host put in stays"
    for path in (f"/embed/all.json?key={key}", f"/feeds/all.json?key={key}"):
        assert seen.fetched(web.url + path) == {"status": 0, "text": "TypeError"}
    # The same page may show it without a key, as any page may.
    assert seen.fetched(web.url + "/embed/all.json")["status"] == 200


def test_over_the_quota_both_frames_show_their_last_content(
    visit: Callable[[str], Visit], key_for: Callable[..., str], web: Any, origin: Any
) -> None:
    key = key_for(origin.url, per_minute=1)
    assert web.ask(f"/embed/all?count=3&key={key}").status == 429
    statuses: list[int] = []
    seen = visit(key)
    seen.page.on("response", lambda answer: statuses.append(answer.status))
    seen.page.reload()
    seen.element().nth(2).wait_for()
    seen.frame().nth(3).wait_for()
    seen.page.wait_for_function("!document.querySelector('.before')")
    assert statuses.count(429) == 2
    limited = seen.fetched(f"{web.url}/embed/all.json?key={key}")
    assert limited["status"] == 429
    assert "quota" in limited["text"]


def test_a_revoked_key_leaves_what_the_host_put_in(visit: Callable[[str], Visit]) -> None:
    seen = visit("twp_" + "x" * 32)
    seen.page.wait_for_load_state("networkidle")
    assert seen.page.locator(".before").is_visible()
    said = seen.page.frame_locator("#plain").locator("body").inner_text()
    assert said.startswith("This key is unknown, or it was revoked.")


def test_the_picker_makes_a_line_with_the_key_that_is_typed(
    browser: Browser, key_for: Callable[..., str], web: Any
) -> None:
    key = key_for("https://daily.example")
    page = browser.new_page()
    page.goto(f"{web.url}/partners/embed?lang=en")
    page.fill("input[name=key]", key)
    page.select_option("select[name=theme]", "dark")
    # Not wait_for_function: it evaluates strings, which this page's own policy forbids.
    expect(page.locator("#line")).to_have_value(re.compile("twp_"))
    assert f'key="{key}"' in page.input_value("#line")
    page.get_by_text("This key works on pages of: https://daily.example").wait_for()
    page.frame_locator("#picked iframe").locator("li").first.wait_for()
    page.close()
