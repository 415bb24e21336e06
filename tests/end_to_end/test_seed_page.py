"""The page that the product is modelled on goes in as feeds and comes out again."""

import json
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

import yaml

from feeds.model import article_id, public_id
from feeds.urls import url_key

ROOT = Path(__file__).parents[2]
PUBLISHED = datetime(2024, 11, 8, 12, tzinfo=UTC)

Page = dict[str, Any]
Wait = Callable[..., None]

# Where each block's items come from: source, section, author, days after the seed article.
ORIGINS = {
    "same_section": ("nhan-quyen", "Nhân quyền", None, -0.5),
    "most_read": ("tin-tuc", "News", None, -2),
    "same_author": ("lao-dong", "Lao động", "Nguyễn Ngọc Minh", -1),
    "same_topic": ("doi-song", "Đời sống", None, -3),
    "newest": ("kinh-te", "Kinh tế", None, 0.5),
}
SECTIONS = [
    {"slug": "tin-tuc", "names": {"vi": "News"}},
    {"slug": "nhan-quyen", "names": {"vi": "Nhân quyền"}, "parent": "tin-tuc"},
    {"slug": "lao-dong", "names": {"vi": "Lao động"}},
    {"slug": "doi-song", "names": {"vi": "Đời sống"}},
    {"slug": "kinh-te", "names": {"vi": "Kinh tế"}},
]


def test_the_seed_page_comes_out_again(
    plant: Any, origin: Any, seed_page: Page, tmp_path: Path, wait_for: Wait
) -> None:
    """Body, figures, breadcrumb, author, link and blocks, with repeats and without."""
    with_repeats = _config(tmp_path / "repeats", _sources(origin, seed_page), allow_repeats=True)
    without = _config(tmp_path / "once", _sources(origin, seed_page), allow_repeats=False)
    web = _Web(plant, "web", with_repeats)
    other = _Web(plant, "web-once", without)
    plant.env["TINWIRE_CONFIG_DIR"] = str(with_repeats)
    plant.env["TINWIRE_PUBLIC_URL"] = web.url
    plant.start("migrate", "worker", "migrate").wait(60)
    plant.start_workers()
    web.start()
    other.start()
    wait_for(web.answers, 90, plant.logs)
    wait_for(other.answers, 90, plant.logs)
    wait_for(lambda: _is_published(web, seed_page), 120, plant.logs)

    _read(web, seed_page)
    path = f"/article/{_id(origin, seed_page['title'])}.json"
    most_read = [item["title"] for item in _items(seed_page, "most_read")]
    wait_for(lambda: _titles(web.json(path), "most_read") == most_read, 60, plant.logs)
    article = web.json(path)
    _check_article(article, seed_page, origin)
    wanted = _wanted(seed_page)
    blocks = {kind: _titles(article, kind) for kind in article["blocks"]}
    assert set(blocks["same_author"]) == wanted["same_author"]
    assert set(blocks["same_section"]) == wanted["same_section"]
    assert len(set(blocks["same_topic"]) & wanted["same_topic"]) >= 4
    assert wanted["newest"] <= set(blocks["newest"])
    _check_excerpts(article)

    once = other.json(path)["blocks"]
    _check_no_repeats(once, blocks, article["id"])


def _titles(article: Page, kind: str) -> list[str]:
    return [item["title"] for item in article["blocks"].get(kind, ())]


def _check_article(article: Page, page: Page, origin: Any) -> None:
    assert ["Trang chủ", *article["section"]["breadcrumb"]] == page["breadcrumb"]
    assert article["title"] == page["title"]
    assert [author["name"] for author in article["authors"]] == [page["author"]]
    assert article["url"] == f"{origin.url}/bai/{_slug(page['title'])}.html"
    html = article["html"]
    for part in page["body"]:
        if part["kind"] == "figure":
            assert f"<figcaption>{escape(part['caption'], quote=False)}</figcaption>" in html
        else:
            assert escape(part["text"].strip(), quote=False) in html
    assert html.count("<figure>") == 2
    assert html.count("<h2>") == 3


def _check_excerpts(article: Page) -> None:
    """Excerpts that were cut end at a word, with an ellipsis."""
    cut = [
        item["excerpt"]
        for items in article["blocks"].values()
        for item in items
        if item["excerpt"].endswith("…")
    ]
    assert cut
    assert all(len(excerpt) <= 301 and not excerpt.endswith(" …") for excerpt in cut)


def _check_no_repeats(once: Page, repeats: dict[str, list[str]], own: str) -> None:
    shown = [item["id"] for items in once.values() for item in items]
    assert len(shown) == len(set(shown))
    assert own not in shown
    titles = {kind: [item["title"] for item in items] for kind, items in once.items()}
    assert titles["same_topic"] == repeats["same_topic"]
    earlier: set[str] = set()
    for kind in ("same_topic", "featured", "newest", "same_author", "most_read", "same_section"):
        kept = [title for title in repeats[kind] if title not in earlier]
        assert titles[kind][: len(kept)] == kept
        earlier |= set(titles[kind])


def _wanted(page: Page) -> dict[str, set[str]]:
    return {kind: {item["title"] for item in _items(page, kind)} for kind in ORIGINS}


def _items(page: Page, kind: str) -> list[dict[str, str]]:
    return [item for block in page["blocks"] if block["block"] == kind for item in block["items"]]


def _sources(origin: Any, page: Page) -> list[dict[str, Any]]:
    """Serve a feed for each block's items; the seed article stands in its section's feed."""
    home: dict[str, str] = {}
    for kind in ("same_section", "same_author", "same_topic", "newest", "most_read"):
        for item in _items(page, kind):
            home.setdefault(item["title"], kind)
    specs = []
    for kind, (name, section, author, days) in ORIGINS.items():
        entries = [
            _entry(origin, item, section, author, PUBLISHED + timedelta(days=days, minutes=-place))
            for place, item in enumerate(_items(page, kind))
            if home[item["title"]] == kind
        ]
        if kind == "same_section":
            entries.append(_seed_entry(origin, page))
        url = origin.serve(f"/{name}.xml", _rss(section, entries))
        specs.append(
            {"name": name, "title": section, "url": url, "section": name, "language": "vi"}
        )
    return specs


def _entry(
    origin: Any, item: dict[str, str], section: str, author: str | None, at: datetime
) -> str:
    byline = f"<dc:creator>{author}</dc:creator>" if author else ""
    return (
        f"<item><title>{escape(item['title'])}</title>"
        f"<link>{origin.url}/bai/{_slug(item['title'])}.html</link>"
        f"<description>{escape(item['excerpt'])}</description>{byline}"
        f"<category>{section}</category><pubDate>{format_datetime(at)}</pubDate></item>"
    )


def _seed_entry(origin: Any, page: Page) -> str:
    parts = []
    for number, part in enumerate(page["body"]):
        if part["kind"] == "figure":
            caption = escape(part["caption"], quote=False)
            image = f'<img src="/anh/{number}.jpg" alt="{escape(part["alt"])}">'
            parts.append(f"<figure>{image}<figcaption>{caption}</figcaption></figure>")
        else:
            tag = "h2" if part["kind"] == "heading" else "p"
            parts.append(f"<{tag}>{escape(part['text'].strip(), quote=False)}</{tag}>")
    item = {"title": page["title"], "excerpt": page["body"][0]["text"]}
    entry = _entry(origin, item, "Nhân quyền", page["author"], PUBLISHED)
    body = f"<content:encoded><![CDATA[{''.join(parts)}]]></content:encoded>"
    return entry.replace("</item>", f"{body}</item>")


def _rss(title: str, entries: list[str]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{title}</title><link>http://127.0.0.1/</link><description>{title}</description>"
        f"{''.join(entries)}</channel></rss>"
    )


def _slug(title: str) -> str:
    return f"{article_id(title):x}"


def _id(origin: Any, title: str) -> str:
    return public_id(article_id(url_key(f"{origin.url}/bai/{_slug(title)}.html")))


def _config(folder: Path, sources: list[dict[str, Any]], allow_repeats: bool) -> Path:
    folder.mkdir()
    shutil.copy(ROOT / "config/topics.yaml", folder)
    site = yaml.safe_load((ROOT / "config/site.yaml").read_text())
    site["allow_repeats"] = allow_repeats
    for name, data in (
        ("site", site),
        ("sections", {"sections": SECTIONS}),
        ("sources", {"sources": sources}),
    ):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True))
    return folder


class _Web:
    """A public web process with editorial choices of its own."""

    def __init__(self, plant: Any, name: str, config: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._plant, self._name, self._config = plant, name, config

    def start(self) -> None:
        """Start the process."""
        own = {
            "TINWIRE_CONFIG_DIR": str(self._config),
            "TINWIRE_PUBLIC_PORT": str(self.port),
            "TINWIRE_PUBLIC_URL": self.url,
        }
        before = dict(self._plant.env)
        self._plant.env.update(own)
        self._plant.start(self._name, "worker", "web")
        self._plant.env.clear()
        self._plant.env.update(before)

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def get(self, path: str, address: str = "203.0.113.1") -> bytes:
        """Fetch a page as a browser does, through a server in front that names the address."""
        headers = {
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
            "Accept": "text/html,application/json",
            "X-Forwarded-For": address,
        }
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            body: bytes = answer.read()
        return body

    def json(self, path: str) -> Page:
        """Fetch JSON."""
        found: Page = json.loads(self.get(path))
        return found


def _is_published(web: _Web, page: Page) -> bool:
    count = len({item["title"] for kind in ORIGINS for item in _items(page, kind)}) + 1
    try:
        return len(web.json("/feeds/all.json")["items"]) == count
    except urllib.error.HTTPError:
        return False


def _read(web: _Web, page: Page) -> None:
    """Read the most read articles, the first one most often."""
    feed = {item["title"]: item["url"] for item in web.json("/feeds/all.json")["items"]}
    for place, item in enumerate(_items(page, "most_read")):
        for number in range(12 - 2 * place):
            path = feed[item["title"]].removeprefix(web.url)
            web.get(path, f"198.51.100.{number}")
