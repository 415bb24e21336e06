"""The client against a scripted origin on loopback, friendly and hostile."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_network

import pytest

from config.settings import Settings
from feeds.errors import FetchFailed, Refused
from feeds.ingest.exchange import Limits, Request, Response
from feeds.ingest.fetch import Fetcher
from feeds.ingest.share import Share

Script = Callable[[str, asyncio.StreamWriter], Awaitable[None]]
LOOPBACK = (ip_network("127.0.0.0/8"),)


class Origin:
    """A server that answers each path by its script, and remembers what it was asked."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        self.asked: list[str] = []
        self.port = 0
        self.open = 0
        self.most_open = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def answer(self, path: str, status: str = "200 OK", body: bytes = b"", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.raw(path, "\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def raw(self, path: str, answer: bytes) -> None:
        async def script(_: str, writer: asyncio.StreamWriter) -> None:
            writer.write(answer)

        self.scripts[path] = script

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head.decode())
                path = head.split(b" ")[1].decode()
                self.open += 1
                self.most_open = max(self.open, self.most_open)
                await asyncio.sleep(0)
                await self.scripts[path](head.decode(), writer)
                self.open -= 1
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, KeyError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def at(**limits: object) -> AsyncIterator[tuple[Origin, Fetcher]]:
    origin = Origin()
    server = await asyncio.start_server(origin.serve, "127.0.0.1", 0)
    origin.port = server.sockets[0].getsockname()[1]
    chosen = {"allow": LOOPBACK, "ports": frozenset((80, 443, origin.port)), **limits}
    try:
        async with Fetcher(Limits(**chosen)) as fetcher:  # type: ignore[arg-type]
            yield origin, fetcher
    finally:
        server.close()


async def test_a_page_comes_with_its_headers() -> None:
    async with at() as (origin, fetcher):
        origin.answer(
            "/", body=b"<rss/>", ETag='"1"', Content_Type="text/xml", X_Twice="a\r\nX-Twice: b"
        )
        response = await fetcher.fetch(Request(origin.url("/#top")))
    assert (response.status, response.body, response.url) == (200, b"<rss/>", origin.url("/"))
    assert response.headers["etag"] == '"1"'
    assert response.headers["x-twice"] == "a, b"
    assert (response.moved_to, response.not_modified) == (None, False)


async def test_a_request_is_honest_and_carries_nothing_but_its_validators() -> None:
    async with at(user_agent="Tinwire/0 (+https://x.vn)") as (origin, fetcher):
        origin.answer("/", "304 Not Modified", Set_Cookie="a=b")
        request = Request(origin.url("/"), etag='W/"é"', last_modified="yesterday")
        assert (await fetcher.fetch(request)).not_modified
        await fetcher.fetch(request)
    assert "User-Agent: Tinwire/0 (+https://x.vn)" in origin.asked[1]
    assert 'If-None-Match: W/"é"' in origin.asked[1]
    assert "If-Modified-Since: yesterday" in origin.asked[1]
    assert "Accept-Encoding: gzip, deflate" in origin.asked[1]
    assert "Cookie" not in origin.asked[1]


async def test_a_validator_beyond_ascii_is_sent_back_byte_by_byte() -> None:
    tag = 'W/"tin-tức-é"'
    async with at() as (origin, fetcher):
        origin.answer("/", body=b"<rss/>", ETag=tag)
        first = await fetcher.fetch(Request(origin.url("/")))
        await fetcher.fetch(Request(origin.url("/"), etag=first.headers["etag"]))
    assert f"If-None-Match: {tag}\r\n" in origin.asked[1]


async def test_a_redirect_to_an_address_beyond_ascii_is_followed() -> None:
    async with at() as (origin, fetcher):
        origin.answer("/", "302 Found", Location="/tin-tức")
        origin.answer("/tin-t%E1%BB%A9c", body=b"<rss/>")
        assert (await fetcher.fetch(Request(origin.url("/")))).body == b"<rss/>"


async def test_a_packed_body_is_unpacked_even_unasked() -> None:
    async with at() as (origin, fetcher):
        origin.answer("/", body=gzip.compress(b"<rss/>"))
        assert (await fetcher.fetch(Request(origin.url("/")))).body == b"<rss/>"


@pytest.mark.parametrize("status", ["404 Not Found", "500 No", "410 Gone"])
async def test_an_error_is_an_answer_too(status: str) -> None:
    async with at() as (origin, fetcher):
        origin.answer("/", status, body=b"sorry")
        response = await fetcher.fetch(Request(origin.url("/")))
    assert (response.status, response.body) == (int(status[:3]), b"")


async def test_a_server_under_load_says_when_to_come_back() -> None:
    async with at() as (origin, fetcher):
        origin.answer("/", "429 Too Many", Retry_After="120")
        assert (await fetcher.fetch(Request(origin.url("/")))).retry_after_s == 120


MOVES = [
    (("301 Moved", "308 Permanent"), True),
    (("301 Moved", "302 Found"), False),
    (("307 Temporary",), False),
]


@pytest.mark.parametrize(("statuses", "is_permanent"), MOVES)
async def test_a_move_is_permanent_when_every_hop_is(
    statuses: tuple[str, ...], is_permanent: bool
) -> None:
    async with at() as (origin, fetcher):
        for hop, status in enumerate(statuses):
            origin.answer(f"/{hop}", status, Location=f"{hop + 1}")
        origin.answer(f"/{len(statuses)}", body=b"x")
        response = await fetcher.fetch(Request(origin.url("/0")))
    assert response.url == origin.url(f"/{len(statuses)}")
    assert response.moved_to == (response.url if is_permanent else None)


async def test_a_loop_of_redirects_ends_where_it_began() -> None:
    async with at() as (origin, fetcher):
        origin.answer("/", "302 Found", Location="/next")
        origin.answer("/next", "302 Found", Location="/")
        with pytest.raises(FetchFailed, match="redirects in a loop"):
            await fetcher.fetch(Request(origin.url("/")))
    assert len(origin.asked) == 2


async def test_redirects_that_always_lead_on_end() -> None:
    async with at() as (origin, fetcher):
        for hop in range(9):
            origin.answer(f"/{hop}", "302 Found", Location=f"{hop + 1}")
        with pytest.raises(FetchFailed, match="more than 5 redirects"):
            await fetcher.fetch(Request(origin.url("/0")))
    assert len(origin.asked) == 6


INSIDE = [
    "http://10.0.0.1/",
    "http://[::1]/",
    "http://[::ffff:192.168.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:6379/",
    "http://user:secret@127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
]


@pytest.mark.parametrize("location", INSIDE)
async def test_a_redirect_inside_is_refused(location: str) -> None:
    async with at() as (origin, fetcher):
        origin.answer("/", "302 Found", Location=location)
        with pytest.raises(Refused):
            await fetcher.fetch(Request(origin.url("/")))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127。0。0。1"])
async def test_nothing_reaches_an_inner_server_without_leave(host: str) -> None:
    async with at(allow=()) as (origin, fetcher):
        origin.answer("/", body=b"secret")
        with pytest.raises(Refused, match="an inner address"):
            await fetcher.fetch(Request(origin.url("/", host)))
    assert origin.asked == []


async def test_a_name_is_refused_for_any_inner_address_of_it() -> None:
    async with at(allow=(ip_network("::1/128"),)) as (origin, fetcher):
        with pytest.raises(Refused, match=r"localhost resolves to an inner address: 127\.0\.0\.1"):
            await fetcher.fetch(Request(origin.url("/", "localhost")))


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    async with at() as (origin, fetcher):
        origin.answer("/", body=b"x")
        assert (await fetcher.fetch(Request(origin.url("/")))).body == b"x"


async def drip(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _byte in range(1000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def silence(_: str, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def cut(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nxx")
    await writer.drain()
    writer.close()


async def test_a_server_that_drips_is_left_at_the_deadline() -> None:
    async with at(total_s=0.2) as (origin, fetcher):
        origin.scripts["/"] = drip
        with pytest.raises(FetchFailed, match="not done within"):
            await fetcher.fetch(Request(origin.url("/")))


async def test_a_server_that_says_nothing_is_left() -> None:
    async with at(read_s=0.1) as (origin, fetcher):
        origin.scripts["/"] = silence
        with pytest.raises(FetchFailed, match="nothing came for"):
            await fetcher.fetch(Request(origin.url("/")))


HOSTILE = [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", "more than 5000 bytes"),
    (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 6000, "more than 5000 bytes"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", "FetchFailed|Got more|too|:"),
    (b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(9999)) + b"\r\n", ":"),
    (b"SSH-2.0-OpenSSH\r\n\r\n", ":"),
    (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx", "not asked for"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ":"),
    (b"", ":"),
]


@pytest.mark.parametrize(("answer", "reason"), HOSTILE)
async def test_a_hostile_answer_is_a_failure_in_one_line(answer: bytes, reason: str) -> None:
    async def script(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async with at(max_bytes=5000) as (origin, fetcher):
        origin.scripts["/"] = script
        with pytest.raises(FetchFailed, match=reason) as failure:
            await fetcher.fetch(Request(origin.url("/")))
    assert "\n" not in failure.value.message
    assert len(failure.value.message) < 300


async def test_a_body_that_is_cut_off_is_a_failure() -> None:
    async with at() as (origin, fetcher):
        origin.scripts["/"] = cut
        with pytest.raises(FetchFailed):
            await fetcher.fetch(Request(origin.url("/")))


async def test_a_bomb_is_refused_before_it_grows() -> None:
    async with at() as (origin, fetcher):
        origin.answer("/", body=gzip.compress(b"0" * 50 * 2**20), Content_Encoding="gzip")
        with pytest.raises(FetchFailed, match="compressed more than"):
            await fetcher.fetch(Request(origin.url("/")))


async def test_a_closed_port_is_a_failure() -> None:
    async with at() as (origin, fetcher):
        pass
    async with Fetcher(Limits(allow=LOOPBACK, ports=frozenset((origin.port,)))) as fetcher:
        with pytest.raises(FetchFailed):
            await fetcher.fetch(Request(origin.url("/")))


async def test_many_are_answered_in_order_and_failures_among_them() -> None:
    async with at() as (origin, fetcher):
        for n in range(5):
            origin.answer(f"/{n}", body=str(n).encode())
        urls = [
            origin.url("/0"),
            "ftp://a.vn/",
            origin.url("/gone"),
            origin.url("/3"),
            origin.url("/4"),
        ]
        answers = await fetcher.fetch_many([Request(url) for url in urls])
    kinds = [type(answer) for answer in answers]
    assert kinds == [Response, Refused, FetchFailed, Response, Response]
    assert [each.body for each in answers if isinstance(each, Response)] == [b"0", b"3", b"4"]


async def test_a_host_is_asked_only_so_much_at_once() -> None:
    async with at(inner_host_concurrency=2) as (origin, fetcher):
        origin.answer("/", body=b"x")
        await fetcher.fetch_many([Request(origin.url("/"))] * 20)
    assert len(origin.asked) == 20
    assert origin.most_open == 2


async def test_of_many_slow_servers_two_may_send_more_than_a_little() -> None:
    """A body of the same length waits for nobody where its server is not one of many."""
    body = bytes(2**18)
    async with at() as (origin, fetcher):
        origin.answer("/", body=body)
        shares = [Share(keeps=True) for _ in range(5)]
        for share in shares:
            share.excuse()
        tasks = [
            asyncio.create_task(fetcher.fetch(Request(origin.url("/")), share)) for share in shares
        ]
        while not all(
            task.done() or share.is_waiting for task, share in zip(tasks, shares, strict=True)
        ):
            await asyncio.sleep(0.01)
        assert [task.done() for task in tasks].count(True) == 2
        asked = [Request(origin.url("/"))] * 4
        assert all(isinstance(each, Response) for each in await fetcher.fetch_many(asked))
        while not all(task.done() for task in tasks):
            for task, share in zip(tasks, shares, strict=True):
                if task.done():
                    share.drop()
            await asyncio.sleep(0.01)
        assert {task.result().body for task in tasks} == {body}


async def test_waiting_for_ones_turn_is_no_time_out() -> None:
    async def slow(_: str, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with at(inner_host_concurrency=1, total_s=0.4) as (origin, fetcher):
        origin.scripts["/"] = slow
        answers = await fetcher.fetch_many([Request(origin.url("/"))] * 8)
    assert all(isinstance(answer, Response) for answer in answers)


async def test_a_message_can_be_posted_and_its_redirects_are_not_followed() -> None:
    async with at() as (origin, fetcher):
        origin.answer("/", "301 Moved", Location="/2")
        request = Request(origin.url("/"), method="POST", data=b"", headers={"X-Hub": "1"})
        assert (await fetcher.fetch(request)).status == 301
        await fetcher.fetch(replace(request, data=b""))
    assert origin.asked[0].startswith("POST / ")
    assert "X-Hub: 1" in origin.asked[0]


def test_limits_are_what_the_deployment_set() -> None:
    settings = Settings(fetch_timeout_s=7, host_concurrency=3, contact_url="https://x.vn/bot")
    limits = Limits.of(settings)
    assert (limits.total_s, limits.host_concurrency) == (7, 3)
    assert limits.user_agent.endswith("(+https://x.vn/bot)")
    assert limits.ports == {80, 443}
