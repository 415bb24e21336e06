"""Fetching: the line outlives batches, and slow servers keep neither batch nor next batch."""

import asyncio
import threading
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from feeds.errors import FetchFailed, TinwireError
from feeds.ingest.exchange import Limits, Request, Response
from feeds.pipeline import fetching, wait
from feeds.pipeline.fetching import Line
from feeds.pipeline.request_batch import Answers, Timed
from feeds.pipeline.sent import Sent

QUICK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
LARGE, MEDIUM = 2**20, 200 * 2**10
PATIENCE_S = 0.5


class Server:
    """Answers `/quick` at once, `/large` with a megabyte, `/slow…` when it is told to."""

    loop: asyncio.AbstractEventLoop
    over: asyncio.Event

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.told = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if b"/slow" in head:
                    await self.told.wait()
                size = LARGE if b"large" in head else MEDIUM if b"medium" in head else 0
                large = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size
                writer.write(large if size else QUICK)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def run(self, started: threading.Event) -> None:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.over = asyncio.Event()
        started.set()
        await self.over.wait()
        server.close()

    def tell(self) -> None:
        self.loop.call_soon_threadsafe(self.told.set)

    def request(self, path: str) -> Request:
        return Request(f"http://127.0.0.1:{self.port}{path}")


@pytest.fixture
def server() -> Iterator[Server]:
    made, started = Server(), threading.Event()

    async def run() -> None:
        made.loop = asyncio.get_running_loop()
        await made.run(started)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert started.wait(60)
    yield made
    made.tell()
    made.loop.call_soon_threadsafe(made.over.set)
    thread.join()


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    limits = Limits(
        allow=(ip_network("127.0.0.0/8"),), ports=frozenset((server.port,)), concurrency=4
    )
    made = Line(limits)
    yield made
    made.close()


def body(timed: Timed) -> bytes:
    assert isinstance(timed.answer, Response)
    return timed.answer.body


def rest_of(sent: Sent) -> dict[int, Timed]:
    """Take all that is still answered."""
    found: dict[int, Timed] = {}
    while (some := sent.take()) is not None:
        found |= some
    return found


def refuse(answers: Answers) -> None:
    pytest.fail(f"requests {sorted(answers)} came late")


def test_answers_and_errors_come_in_the_order_of_requests(server: Server, line: Line) -> None:
    answers = line.ask([server.request("/quick"), Request("ftp://a.vn/"), server.request("/quick")])
    assert [isinstance(each, TinwireError) for each in answers] == [False, True, False]
    assert line.ask([]) == []


def test_connections_outlive_their_batch(server: Server, line: Line) -> None:
    for _ in range(5):
        line.ask([server.request("/quick")] * 4)
    assert server.connections <= 4


def test_a_batch_is_given_out_together(server: Server, line: Line) -> None:
    batches = list(line.stream([server.request("/quick")] * 20, 100, refuse))
    assert len(batches[0]) >= 16, "most of them; who pauses before the last does not hold them up"
    assert sorted(number for some in batches for number in some) == list(range(20))
    assert {body(each) for some in batches for each in some.values()} == {b"hi"}
    assert list(line.stream([], 100, refuse)) == []


def test_a_slow_server_keeps_neither_its_batch_nor_the_next(server: Server, line: Line) -> None:
    came: list[tuple[int, bytes]] = []
    done = threading.Event()

    def late(answers: Answers) -> None:
        came.extend((number, body(timed)) for number, timed in answers.items())
        if len(came) == 6:
            done.set()

    slow = [server.request("/slow")] * 6  # more than may be open at once
    found = dict(pair for some in line.stream(slow, PATIENCE_S, late) for pair in some.items())
    assert found == {}
    quick = [server.request("/quick")] * 20
    batches = list(line.stream(quick, 100, refuse))
    assert sum(len(each) for each in batches) == 20
    assert came == [], "while the slow ones are still under way"
    server.tell()
    assert done.wait(60)
    assert sorted(came) == [(number, b"hi") for number in range(6)]


def test_a_few_slow_servers_hold_up_no_batch_of_quick_ones(server: Server, line: Line) -> None:
    """However long the patience is: the quick ones say how long is long."""
    came = threading.Semaphore(0)
    requests = [server.request("/quick")] * 18 + [server.request("/slow")] * 2
    found: dict[int, Timed] = {}
    for some in line.stream(requests, 60, lambda late: came.release(len(late))):
        found |= some
    assert sorted(found) == list(range(18)), "the server was not told yet to answer the others"
    server.tell()
    assert all(came.acquire(timeout=60) for _ in range(2))


def test_a_caller_is_told_that_nobody_answers_yet(server: Server, line: Line) -> None:
    sent = line.send([server.request("/slow")] * 4, 10, refuse)
    assert sent.take() == {}
    server.tell()
    assert sorted(rest_of(sent)) == [0, 1, 2, 3]


def test_slow_servers_give_their_places_to_who_is_not_asked_yet(server: Server, line: Line) -> None:
    paths = ["/slow"] * 6 + ["/quick"] * 2  # four may be open at once
    given = line.stream([server.request(path) for path in paths], 10, refuse)
    assert sorted(next(given)) == [6, 7], "the server was not told yet to answer the others"
    server.tell()
    assert sum(len(some) for some in given) == 6


def test_who_gave_its_place_takes_one_again_for_a_longer_body(server: Server, line: Line) -> None:
    """Else it would wait for the leave to hold a large one, which others may have for long."""
    large = line.send([server.request("/large")] * 2, 100, refuse)
    assert large.take()
    slow = line.send([server.request("/slow-medium")] * 6, 20, refuse)
    assert slow.take() == {}
    server.tell()
    found = rest_of(slow)
    assert [len(body(found[number])) for number in range(6)] == [MEDIUM] * 6
    large.abandon()


def test_where_half_are_silent_for_long_they_are_left(
    server: Server, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "_QUIET", 1e-6)
    monkeypatch.setattr(wait, "_LEAST", 5e-6)
    came = threading.Semaphore(0)
    paths = ["/slow"] * 8 + ["/quick"] * 8
    given = line.stream(
        [server.request(path) for path in paths], 1e5, lambda late: came.release(len(late))
    )
    assert sorted(number for some in given for number in some) == [*range(8, 16)]
    server.tell()
    assert all(came.acquire(timeout=60) for _ in range(8))


def test_large_bodies_are_given_out_before_more_are_taken(server: Server, line: Line) -> None:
    requests = [server.request("/large")] * 7 + [server.request("/quick")] * 3
    seen: list[int] = []
    for some in line.stream(requests, 100, refuse):
        seen += [number for number in some if number < 7]
        assert sum(len(body(each)) for each in some.values()) < 2 * LARGE
    assert sorted(seen) == list(range(7))


def test_too_many_slow_servers_are_left(
    server: Server, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "MOST_BESIDE", 2)
    came = threading.Semaphore(0)
    slow = [server.request("/slow")] * 5
    found = dict(
        pair
        for some in line.stream(slow, PATIENCE_S, lambda late: came.release(len(late)))
        for pair in some.items()
    )
    assert [type(each.answer) for each in found.values()] == [FetchFailed] * 3
    server.tell()
    assert all(came.acquire(timeout=60) for _ in range(2))


def test_who_was_not_asked_is_told_from_who_was_too_slow(
    server: Server, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "MOST_BESIDE", 2)
    slow = [server.request("/slow")] * 8  # four are open, and two stand beside
    given = line.stream(slow, PATIENCE_S, lambda late: None)
    answers = [each.answer for some in given for each in some.values()]
    assert answers.count(fetching.CROWDED) == 4
    assert answers.count(fetching.UNASKED) == 2


def test_a_line_that_is_closed_ends_what_is_under_way(server: Server, line: Line) -> None:
    assert list(line.stream([server.request("/slow")], 0.1, refuse)) == []
    line.close()
    line.close()


def test_a_caller_that_fails_holds_no_large_bodies(server: Server, line: Line) -> None:
    requests = [server.request("/large")] * 6

    def fail() -> None:
        for _ in line.stream(requests, 100, refuse):
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            fail()
    assert len([pair for some in line.stream(requests, 100, refuse) for pair in some]) == 6


def test_of_requests_begun_one_by_one_the_first_ends_before_the_last_begins(
    server: Server, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them over one connection; begun together, they would have opened four."""
    monkeypatch.setattr(fetching, "LONG_S", 30)
    batches = list(line.stream([server.request("/quick")] * 20, 100, refuse, abreast=1))
    assert sum(len(each) for each in batches) == 20
    assert server.connections == 1


def test_who_takes_long_makes_room_for_those_behind(server: Server, line: Line) -> None:
    came: list[int] = []
    requests = [server.request(path) for path in ("/slow", "/quick", "/slow", "/quick")]
    late = threading.Event()

    def note(answers: Answers) -> None:
        came.extend(answers)
        if len(came) == 2:
            late.set()

    given = line.stream(requests, PATIENCE_S, note, abreast=1)
    assert {number for some in given for number in some} == {1, 3}
    server.tell()
    assert late.wait(60)
    assert sorted(came) == [0, 2]
