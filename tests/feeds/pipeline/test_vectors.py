"""F19: every cross-site scripting vector through every field, from ingest to a real browser.

Each vector is the title, summary, text, address, author, category, language, provenance and
picture of an article of its own, the name of its source, and the name under which a sibling's item
tells of it. What comes out is a list page, an article page, both kinds of frame, and three formats.
A feed's HTML is shown as a careless reader would, without any policy, and every event is fired at
it; its plain texts stay text.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pytest
from lxml import etree
from playwright.sync_api import Frame, Page, sync_playwright

from feeds.model import Image, public_id
from feeds.pipeline.publish import rebuild
from feeds.publish.characters import xml_safe

pytestmark = pytest.mark.browser
VECTORS = Path(__file__).parents[4] / "shared/conformance/vectors/xss.jsonl"
PER_SOURCE = 35  # below the items of a feed
MOST_TITLE = 450  # characters: longer titles are quarantined
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
# Nothing is reached but ourselves; what was asked for is noted all the same.
ARGUMENTS += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
FORMATS = ("rss", "atom", "json")
ATOM = "{http://www.w3.org/2005/Atom}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
LINKS = {f"{ATOM}link": "href", "{http://search.yahoo.com/mrss/}content": "url"}
# As the shared suite's browser does: whatever a person or a page could set off; then what stands
# there. One question for both, since there are many frames.
CHECK = """async () => {
  const names = ["mouseover", "mouseenter", "focus", "pointerover", "error", "load", "toggle",
    "wheel", "keydown", "animationstart", "transitionend", "click"];
  for (const one of document.querySelectorAll("*"))
    for (const name of names) {
      const event = new Event(name, { bubbles: true, cancelable: true });
      if (name === "click") one.addEventListener("click", (e) => e.preventDefault());
      one.dispatchEvent(event);
    }
  await new Promise((passed) => setTimeout(passed));
  return {
    articles: document.querySelectorAll("article").length,
    scripts: [...document.scripts].filter((s) => !s.type.includes("json")).map((s) => s.src),
    handlers: [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes])
      .filter((a) => a.name.startsWith("on")).map((a) => a.name),
    schemes: [...document.querySelectorAll("[href],[src],[action]")]
      .map((one) => new URL(one.href || one.src || one.action, document.baseURI).protocol),
  };
}"""
FRAMES = """(paths) => Promise.all(paths.map((path) => new Promise((loaded) => {
  const frame = document.createElement("iframe");
  frame.onload = loaded;
  frame.src = path;
  document.body.append(frame);
})))"""


@dataclass
class Seen:
    """A browser's page, and what it should never meet."""

    page: Page
    own: str = ""
    dialogs: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def request(self, request: Any) -> None:
        """Note what is asked of others, but for publishers' pictures, which stand elsewhere."""
        is_own = request.url.startswith((f"{self.own}/", "about:", "data:"))
        if not is_own and request.resource_type != "image":
            self.foreign.append(request.url)

    def check(self, scripts: int = 0, frame: Frame | None = None) -> int:
        """Fire every event, and see that nothing could ever be set off; counts articles."""
        said = (frame or self.page.main_frame).evaluate(CHECK)
        assert len(said["scripts"]) <= scripts
        assert said["handlers"] == []
        assert set(said["schemes"]) <= {"http:", "https:", "mailto:"}
        return int(said["articles"])


@pytest.fixture
def seen() -> Iterator[Seen]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        made = Seen(browser.new_page())
        made.page.on("dialog", made.dialog)
        made.page.on("request", made.request)
        yield made
        browser.close()


def _payloads() -> list[str]:
    if not VECTORS.exists():
        pytest.skip("the shared vectors are not beside this checkout")
    lines = VECTORS.read_text().splitlines()
    # No document of a source can hold a NUL, and none comes out of a parser.
    return [json.loads(line)["payload"].replace("\0", "") for line in lines]


def _take(newsroom: Any, make_entry: Any, make_prose: Any) -> list[str]:
    """Ingest every vector in every field; gives the sources."""
    payloads = _payloads()
    names = []
    for start in range(0, len(payloads), PER_SOURCE):
        name = f"xss-{start}"
        newsroom.source(name, title=xml_safe(payloads[start])[:200].strip() or "x")
        entries = []
        for number, payload in enumerate(payloads[start : start + PER_SOURCE], start):
            picture = f"https://pictures.example/{number}.png?{payload}"
            entries.append(
                make_entry(
                    f"{number}#{payload}",
                    hours=1 + number / 60,
                    guid=f"{number} {payload}",
                    title=f"{payload[:MOST_TITLE]} {number}",
                    summary=payload,
                    content=f"<p>{make_prose(number)}</p>{payload}",
                    authors=(payload, f"Author {number}"),
                    categories=(payload,),
                    image=Image(picture, payload, payload, payload),
                    language=payload,
                    via_title=payload,
                    via_url=payload,
                )
            )
        newsroom.take(name, *entries)
        names.append(name)
    _pair(newsroom)
    with newsroom.desk.engine.begin() as connection:
        keys = [f"source/{name}" for name in names]
        rebuild(newsroom.desk, connection, keys, newsroom.watch.now)
    return names


def _pair(newsroom: Any) -> None:
    """Let each two tell one story, so that each item names a vector as its sibling."""
    newsroom.execute("UPDATE article SET related_at = first_seen_at")
    newsroom.execute(
        "UPDATE article a SET story_id = p.lead FROM ("
        " SELECT id, min(id) OVER (PARTITION BY source_id, (n - 1) / 2) AS lead FROM ("
        "  SELECT id, source_id, row_number() OVER (PARTITION BY source_id ORDER BY id) AS n"
        "  FROM article) numbered) p WHERE p.id = a.id"
    )


def test_no_vector_in_any_field_speaks_or_calls_out(
    followed: Any, seen: Seen, make_entry: Any, make_prose: Any
) -> None:
    newsroom = followed.newsroom
    seen.own = newsroom.desk.settings.public_url
    names = _take(newsroom, make_entry, make_prose)
    count = len(_payloads())
    ends = newsroom.rows("SELECT verdict, why FROM ledger")
    assert {(row.verdict, row.why) for row in ends if row.verdict != "new"} == set()
    assert len(ends) == count
    files = newsroom.files()
    told = sum(_feeds_of(seen, files, name) for name in names)
    assert told == count * len(FORMATS)
    for name in names:
        _open(seen, f"/source/{name}", 1)
        _frames(seen, newsroom, name)
        _open(seen, f"/embed/source/{name}?count=20", 1)
        _open(seen, f"/embed/source/{name}.html?count=20")
    assert (seen.dialogs, seen.foreign) == ([], [])


def _open(seen: Seen, path: str, scripts: int = 0) -> None:
    answer = seen.page.goto(seen.own + path, wait_until="domcontentloaded")
    assert answer is not None
    assert answer.status == 200, path
    seen.check(scripts)


def _frames(seen: Seen, newsroom: Any, name: str) -> None:
    """Open the pages of a source's articles beside each other; our own pages may frame them."""
    rows = newsroom.rows(
        "SELECT a.id FROM article a JOIN source s ON s.id = a.source_id WHERE s.name = :name",
        name=name,
    )
    paths = [f"/article/{public_id(row.id)}" for row in rows]
    seen.page.evaluate(FRAMES, paths)
    shown = [frame for frame in seen.page.frames if "/article/" in frame.url]
    assert sorted(frame.url for frame in shown) == sorted(seen.own + path for path in paths)
    for frame in shown:
        assert seen.check(1, frame) >= 1


def _feeds_of(seen: Seen, files: Any, name: str) -> int:
    """Read a source's feed in every format as strictly as can be; returns the items of all."""
    items = 0
    htmls: list[str] = []
    for fmt in FORMATS:
        body = files[f"source/{name}", fmt][1]
        if fmt == "json":
            items += len(json.loads(body)["items"])
            htmls += [one.get("content_html", "") for one in json.loads(body)["items"]]
            continue
        expat.ParserCreate().Parse(body, True)
        root = etree.fromstring(body)
        found = root.findall(f"{ATOM}entry") + root.findall("channel/item")
        items += len(found)
        addresses = [one.get(LINKS[one.tag], "") for one in root.iter(*LINKS)]
        addresses += [link.text or "" for link in root.iter("link")]
        assert all(url.startswith(("http://", "https://")) for url in addresses)
        for item in found:
            siblings = item.findall(f"{ATOM}link[@rel='related']")
            assert len(siblings) <= 1
            htmls += [item.findtext(tag, "") for tag in ("description", ENCODED)]
            htmls.append(item.findtext(f"{ATOM}content", ""))
    if name == "xss-0":
        for fmt in FORMATS:  # as a person who clicks on a feed
            seen.page.goto(f"{seen.own}/feeds/source/{name}.{fmt}", wait_until="load")
    seen.page.goto("about:blank")
    seen.page.set_content("<hr>".join(htmls), wait_until="domcontentloaded")
    seen.check()
    return items
