from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.store.tables import reading
from feeds.web.readers import deployment_key, is_reader, reader_id

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
AT = datetime(2026, 3, 2, 4, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "agent",
    [
        FIREFOX,
        IPHONE,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "coc_coc_browser/140.0 Chrome/134.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 13; CUBOT_X70) AppleWebKit/537.36 Chrome/138.0 Mobile",
        "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;FBAV/520.0]",
    ],
)
def test_browsers_are_readers(agent: str) -> None:
    assert is_reader({"user-agent": agent})


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/136.0",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/149.0 Safari/537.36",
        "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
        "Mozilla/5.0 (compatible; Miniflux/2.2; +https://miniflux.app)",
        "Feedly/1.0 (+https://feedly.com/poller.html; 12 subscribers)",
        "facebookexternalhit/1.1",
        "python-requests/2.32",
        "NewsBlur Page Fetcher - 3 subscribers",
    ],
)
def test_machines_are_not(agent: str) -> None:
    assert not is_reader({"user-agent": agent})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
        ("x-purpose", "preview"),
    ],
)
def test_a_page_that_is_fetched_ahead_is_not_read(name: str, value: str) -> None:
    assert not is_reader({"user-agent": FIREFOX, name: value})


def test_a_reader_has_one_name_within_the_hour_and_no_longer() -> None:
    name = reader_id(b"key", "198.51.100.7", FIREFOX, AT)
    assert reader_id(b"key", "198.51.100.7", FIREFOX, AT - timedelta(minutes=59)) == name
    assert reader_id(b"key", "198.51.100.7", FIREFOX, AT + timedelta(minutes=1)) != name
    assert reader_id(b"key", "198.51.100.8", FIREFOX, AT) != name
    assert reader_id(b"other", "198.51.100.7", FIREFOX, AT) != name


def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    key = deployment_key(tmp_path)
    assert len(key) == 32
    assert deployment_key(tmp_path) == key
    made = list((tmp_path / "run").iterdir())
    assert [path.name for path in made] == ["reader.key"]
    assert made[0].stat().st_mode & 0o777 == 0o600


def test_where_no_key_can_be_kept_there_is_one_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert len(deployment_key(blocked)) == 32


def _readings(web: Any, number: int) -> int:
    with web.engine.connect() as connection:
        query = sa.select(sa.func.sum(reading.c.count)).where(reading.c.article_id == number)
        return int(connection.scalar(query) or 0)


def test_a_reading_counts_once_an_hour_and_machines_do_not_count(
    web: Any, stock: Any, public: Any, wait_for: Any
) -> None:
    number = stock.article("read-me", "Bài được đọc", minutes=5000)
    path = f"/article/{public('read-me')}"
    for agent in (FIREFOX, FIREFOX, "curl/8.5.0", IPHONE):
        assert web.ask(path, User_Agent=agent).status == 200
    web.ask(path + ".json", User_Agent=f"{FIREFOX} of another reader")
    web.ask(path, "HEAD", User_Agent=f"{FIREFOX} of a third reader")
    web.ask(path, User_Agent=f"{FIREFOX} of a fourth", Sec_Purpose="prefetch")
    wait_for(lambda: _readings(web, number) == 2, 10)
    assert _readings(web, number) == 2


def test_reading_a_duplicate_counts_for_the_article_that_stands_for_it(
    web: Any, stock: Any, public: Any, wait_for: Any
) -> None:
    lead = stock.article("read-lead", "Bài đứng tên", minutes=5000)
    stock.article("read-copy", "Bài đăng lại", minutes=4990, by="cuu-long", duplicate_of=lead)
    web.ask(f"/article/{public('read-copy')}", User_Agent=FIREFOX)
    wait_for(lambda: _readings(web, lead) == 1, 10)
