from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from feeds.store.tables import reading
from feeds.web.readers import MOST_BEHIND, deployment_key, is_reader, reader_id

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
AT = datetime(2026, 3, 2, 4, 59, tzinfo=UTC)


# What desktop, mobile and in-app browsers say, Chrome's where they only add to it.
CHROME = "(KHTML, like Gecko) Chrome/138.0.0.0"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {CHROME} Safari/537.36"
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-A546E Build/UP1A.231005.007; wv) AppleWebKit/537.36"
VIEW = f"{ANDROID} (KHTML, like Gecko) Version/4.0 Chrome/138.0.7204.63 Mobile Safari/537.36"
IOS = IPHONE.partition(" Version/")[0]
BROWSERS = [
    FIREFOX,
    IPHONE,
    WINDOWS,
    VIEW,
    f"{WINDOWS} Edg/138.0.0.0",
    f"{WINDOWS} OPR/120.0.0.0",
    f"{WINDOWS} Vivaldi/7.5.3735.44",
    WINDOWS.replace("Chrome/", "coc_coc_browser/140.0.0 Chrome/"),
    WINDOWS.replace("Chrome/138.0.0.0", "Chrome/136.0.0.0 YaBrowser/25.6.0.0 Yowser/2.5"),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Safari/605.1.15 Ddg/18.5",
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 {CHROME} Safari/537.36",
    "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
    f"Mozilla/5.0 (Linux; Android 13; CUBOT_X70) AppleWebKit/537.36 {CHROME} Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; U; Android 12; vi-VN; V2043) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/100.0.4896.58 UCBrowser/13.7.8.1322 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; U; Android 13; vi-vn; 2201117TG) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.35.0-gn",
    "Opera/9.80 (Android; Opera Mini/83.0.2254/191.303; U; vi) Presto/2.12.423 Version/12.16",
    f"{VIEW} OPR/83.0.2254.73456",
    f"{VIEW} Zalo android/24100607 ZaloTheme/light ZaloLanguage/vi",
    f"{VIEW} [FB_IAB/FB4A;FBAV/520.0.0.44.103;IABMV/1;]",
    f"{VIEW} trill_390105 JsSdk/1.0 NetType/WIFI Channel/googleplay ByteLocale/vi Region/VN",
    f"{VIEW} MicroMessenger/8.0.60 Language/vi NetType/WIFI",
    f"{IOS} Mobile/15E148 [FBAN/FBIOS;FBAV/520.0.0;FBDV/iPhone14,5;FBCR/AT&T;FBLC/vi_VN]",
    f"{IOS} Mobile/15E148 Instagram 386.0.0 (iPhone14,5; iOS 18_5; vi_VN; scale=3.00; 1170x2532)",
    f"{IOS} CriOS/138.0.7204.53 Mobile/15E148 Safari/604.1",
    f"{IOS} GSA/375.0.776099519 Mobile/15E148 Safari/604.1",
    f"{IOS} Mobile/15E148 Safari Line/15.9.0",
]


@pytest.mark.parametrize("agent", BROWSERS)
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
        f"{VIEW} (compatible; Google-InspectionTool/1.0;)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Perplexity-User/1.0)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-User/1.0; +a@b.com)",
        "Mozilla/5.0 (compatible; Barkrowler/0.9)",
        "Mozilla/5.0 (compatible; CensysInspect/1.1)",
        "Mozilla/5.0 (compatible; InternetMeasurement/1.0)",
        "Mozilla/5.0 (compatible; Qwantify/2.4w)",
        "Mozilla/5.0 (compatible; got/14)",
        f"{WINDOWS} Site24x7",
        f"{WINDOWS} StatusCake",
        f"{WINDOWS} GTmetrix",
        f"{WINDOWS} PTST/250601.1",
        f"{WINDOWS} Nutch/1.20",
        f"{WINDOWS} Seznam screenshot-generator 2.1",
        f"{WINDOWS} reader of https://example.org/about",
        f"{WINDOWS} (operator@example.org)",
        f"{WINDOWS} (+www.example.org)",
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


def test_one_machine_is_few_readers_whatever_it_calls_itself() -> None:
    agents = [f"{FIREFOX} {number}" for number in range(500)]
    ours = {reader_id(b"key", "198.51.100.7", agent, AT) for agent in agents}
    assert len(ours) == MOST_BEHIND
    mapped = {reader_id(b"key", "::ffff:198.51.100.7", agent, AT) for agent in agents}
    assert mapped == ours


def test_a_network_of_ipv6_is_one_household() -> None:
    names = {
        reader_id(b"key", f"2001:db8:1:2::{number:x}", f"{FIREFOX} {number}", AT)
        for number in range(500)
    }
    assert len(names) == MOST_BEHIND
    assert reader_id(b"key", "2001:db8:1:3::1", FIREFOX, AT) not in names


def test_what_is_no_address_is_one_all_the_same() -> None:
    assert reader_id(b"key", "testclient", FIREFOX, AT) != reader_id(b"key", "", FIREFOX, AT)


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


@pytest.fixture
def counted(web: Any, stock: Any, public: Any, wait_for: Any) -> Callable[[int], int]:
    """Tell how often an article was read, once all that was read so far is in the store."""

    def count(number: int) -> int:
        key = f"read-{uuid4().hex}"
        last = stock.article(key, "Bài đọc sau cùng", minutes=5000)
        web.ask(f"/article/{public(key)}", User_Agent=FIREFOX)
        wait_for(lambda: _readings(web, last) == 1)
        return _readings(web, number)

    return count


def test_a_reading_counts_once_an_hour_and_machines_do_not_count(
    web: Any, stock: Any, public: Any, counted: Callable[[int], int]
) -> None:
    number = stock.article("read-me", "Bài được đọc", minutes=5000)
    path = f"/article/{public('read-me')}"
    for agent in (FIREFOX, FIREFOX, "curl/8.5.0"):
        assert web.ask(path, User_Agent=agent).status == 200
    web.ask(f"{path}.json", User_Agent=IPHONE)
    web.ask(path, "HEAD", User_Agent=IPHONE)
    web.ask(path, User_Agent=IPHONE, Sec_Purpose="prefetch")
    assert counted(number) == 1
    # Of a duplicate the article that stands for it is what is read.
    stock.article("read-copy", "Bài đăng lại", minutes=4990, by="cuu-long", duplicate_of=number)
    web.ask(f"/article/{public('read-copy')}", User_Agent=FIREFOX)
    web.ask(f"/article/{public('read-copy')}", User_Agent=IPHONE)
    assert counted(number) == 2


def test_one_machine_does_not_make_an_article_the_most_read(
    web: Any, stock: Any, public: Any, counted: Callable[[int], int]
) -> None:
    number = stock.article("pushed", "Bài được đẩy", minutes=5000)
    for each in range(50):
        web.ask(f"/article/{public('pushed')}", User_Agent=f"{FIREFOX} {each}")
    assert counted(number) == MOST_BEHIND
