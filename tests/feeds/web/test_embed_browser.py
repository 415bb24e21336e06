"""Embeds in a real browser, in a page of another origin."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def host(web: Any, origin: Any, browser: Browser) -> Iterator[Page]:
    """A partner's page with an embed of each kind, and what it would see of them."""
    script = f'<script async src="{web.url}/embed.js" data-feed="section/nhan-quyen"'
    html = (
        "<!doctype html><title>host</title><h1>Trang của đối tác</h1>"
        f'{script} data-count="3" data-theme="dark"></script>'
        '<tinwire-feed feed="all" count="9" lang="en"></tinwire-feed>'
    )
    address = origin.serve("/host.html", html, "text/html; charset=utf-8")
    page = browser.new_page(viewport={"width": 600, "height": 3000})
    page.route("https://images.example/*", lambda route: route.abort())
    page.goto(address)
    page.wait_for_function("document.querySelectorAll('iframe').length == 2")
    yield page
    page.close()


def _height(page: Page, number: int) -> float:
    box = page.locator("iframe").nth(number).bounding_box()
    assert box is not None
    return float(box["height"])


def test_both_embeds_show_their_feeds_at_their_own_height(host: Page) -> None:
    first, second = (host.frame_locator("iframe").nth(number) for number in (0, 1))
    first.locator("li").nth(2).wait_for()
    second.locator("li").nth(8).wait_for()
    assert (first.locator("li").count(), second.locator("li").count()) == (3, 9)
    fits = "() => [...document.querySelectorAll('iframe')].every(f => f.style.height != '360px')"
    host.wait_for_function(fits)
    assert _height(host, 0) < _height(host, 1)
    for frame in host.frames[1:]:
        box = frame.frame_element().bounding_box()
        assert box is not None
        assert frame.evaluate("document.documentElement.scrollHeight") <= box["height"] + 1


def test_a_frame_is_styled_and_has_no_origin(host: Page) -> None:
    host.frame_locator("iframe").nth(0).locator("li").nth(2).wait_for()
    dark = next(frame for frame in host.frames if "theme=dark" in frame.url)
    assert dark.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(27, 30, 35)"
    assert dark.evaluate("self.origin") == "null"


def test_a_message_from_elsewhere_does_not_size_a_frame(host: Page) -> None:
    host.frame_locator("iframe").nth(0).locator("li").nth(2).wait_for()
    host.wait_for_function("document.querySelector('iframe').style.height != '360px'")
    before = _height(host, 0)
    host.evaluate("postMessage({type: 'tinwire:height', height: 4321}, '*')")
    host.evaluate("new Promise(done => setTimeout(done, 50))")
    assert _height(host, 0) == before


def test_a_frame_follows_its_attribute_and_the_readers_system(host: Page) -> None:
    element = host.frame_locator("tinwire-feed iframe")
    element.locator("li").nth(8).wait_for()
    colour = "getComputedStyle(document.body).backgroundColor"
    white, dark = "rgb(255, 255, 255)", "rgb(27, 30, 35)"
    host.emulate_media(color_scheme="light")
    assert element.locator("body").evaluate(f"() => {colour}") == white
    host.emulate_media(color_scheme="dark")
    assert element.locator("body").evaluate(f"() => {colour}") == dark
    host.evaluate("document.querySelector('tinwire-feed').setAttribute('theme', 'light')")
    element.locator(":root[data-theme=light] li").nth(8).wait_for()
    assert element.locator("body").evaluate(f"() => {colour}") == white


def test_a_frame_cannot_reach_its_host(host: Page) -> None:
    host.frame_locator("iframe").nth(0).locator("li").nth(2).wait_for()
    reach = "() => { try { return parent.document.title } catch (error) { return error.name } }"
    for frame in host.frames[1:]:
        assert frame.evaluate(reach) == "SecurityError"


def test_what_the_host_put_in_stays_until_a_frame_speaks(host: Page) -> None:
    add = """feed => {
      const one = document.createElement('tinwire-feed');
      one.id = feed.replace('/', '-');
      one.setAttribute('feed', feed);
      one.innerHTML = '<p class="before">Tin của hôm qua</p>';
      document.body.prepend(one);
    }"""
    host.evaluate(add, "all")
    host.wait_for_function("!document.querySelector('#all .before')")
    host.route("**/embed/topic/away*", lambda route: route.abort())
    host.evaluate(add, "topic/away")
    host.wait_for_function("document.querySelector('#topic-away iframe')")
    host.evaluate("new Promise(done => setTimeout(done, 300))")
    assert host.locator("#topic-away .before").is_visible()
    box = host.locator("#topic-away iframe").bounding_box()
    assert box is None or box["height"] == 0
