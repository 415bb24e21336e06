"""The whole way of a push, with real workers, a real web and a hub that speaks HTTP."""

import http.client
import socket
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from config.editorial import SourceSpec
from feeds.pipeline.desk import Desk
from feeds.store import subscriptions
from feeds.store.standing import State, Subscription
from worker.prepare import prepare

pytestmark = pytest.mark.integration
ITEM = (
    "<item><title>On {0}</title><link>{1}://news.example/{0}</link>"
    "<description>What there is to say about {0}.</description></item>"
)


def feed(origin: Any, hub: Any, *slugs: str, scheme: str = "https") -> str:
    items = "".join(ITEM.format(slug, scheme) for slug in slugs)
    links = f'<a:link rel="hub" href="{hub.url}"/><a:link rel="self" href="{origin.url}/feed"/>'
    return (
        '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom">'
        f"<channel><title>News</title>{links}{items}</channel></rss>"
    )


class Town:
    """A source with a hub, our workers and our web; the source is polled once an hour."""

    def __init__(self, plant: Any, desk: Desk, origin: Any, hub: Any, wait_for: Any) -> None:
        self.desk, self.origin, self.hub = desk, origin, hub
        self._plant, self._wait_for = plant, wait_for
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        plant.env["TINWIRE_PUBLIC_PORT"] = str(self.port)
        plant.env["TINWIRE_PUBLIC_URL"] = f"http://127.0.0.1:{self.port}"
        hub.verifies = "after"

    def start(self, *slugs: str) -> None:
        """Let everything run until the source was polled."""
        self.serve(*slugs)
        spec = SourceSpec(name="alpha", title="Alpha", url=f"{self.origin.url}/feed", every_s=3600)
        prepare(self.desk, [spec])
        self._plant.start("web", "worker", "web")
        self.until(self._answers)  # else a hub that asks back at once is refused
        self._plant.start_workers()
        self.until(lambda: self.published() >= set(slugs))

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def serve(self, *slugs: str) -> None:
        self.origin.serve("/feed", feed(self.origin, self.hub, *slugs))

    def until(self, condition: Callable[[], object]) -> None:
        self._wait_for(condition, 90, self._plant.logs)

    def standing(self) -> Subscription | None:
        with self.desk.engine.connect() as connection:
            return next(iter(subscriptions.listed(connection)), None)

    def stands(self, state: State) -> bool:
        found = self.standing()
        return found is not None and found.state is state

    def published(self) -> set[str]:
        """Read our own feed as a reader does; which of the articles are in it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", "/feeds/all.rss")
            text = connection.getresponse().read().decode()
        except OSError:
            return set()
        finally:
            connection.close()
        return {slug for slug in ("a", "b", "c") if f"On {slug}</title>" in text}

    def change(self, statement: str) -> None:
        with self.desk.engine.begin() as connection:
            connection.execute(sa.text(statement))
            connection.execute(sa.text("SELECT pg_notify('tinwire_work', 'poll')"))

    def count(self, query: str) -> int:
        with self.desk.engine.connect() as connection:
            return int(connection.scalar(sa.text(query)) or 0)

    def poll_now(self) -> None:
        before = self.count("SELECT count(*) FROM fetch_event")
        self.change("UPDATE work SET run_at = now() WHERE kind = 'poll'")
        self.until(lambda: self.count("SELECT count(*) FROM fetch_event") > before)


@pytest.fixture
def town(plant: Any, desk: Desk, origin: Any, hub: Any, wait_for: Callable[..., None]) -> Town:
    """The town, before anything runs."""
    return Town(plant, desk, origin, hub, wait_for)


def test_a_push_is_published_without_a_poll(town: Town) -> None:
    """Polled, subscribed, verified, pushed, stored, published; and the poll after it adds none."""
    town.start("a")
    town.until(lambda: town.stands(State.ACTIVE))
    polls = len(town.origin.asked)
    pushed = feed(town.origin, town.hub, "b", "a", scheme="http")
    assert town.hub.push(pushed, algorithm="sha512") == 202
    town.until(lambda: town.published() == {"a", "b"})
    assert len(town.origin.asked) == polls
    assert town.hub.push(feed(town.origin, town.hub, "c"), secret="forged") == 202
    town.serve("b", "a")
    town.poll_now()
    assert town.count("SELECT count(*) FROM article") == 2
    assert town.count("SELECT count(*) FROM push") == 0
    assert town.published() == {"a", "b"}
    standing = town.standing()
    assert standing is not None
    assert (standing.deliveries, standing.ignored) == (1, 1)
    spared = "SELECT count(*) FROM source WHERE why LIKE '%a hub pushes, so 10 times less often%'"
    assert town.count(spared) == 1


def test_a_lease_is_renewed_in_time(town: Town) -> None:
    town.hub.lease_s = 600
    town.start("a")
    town.until(lambda: town.stands(State.ACTIVE))
    soon = "BETWEEN now() + interval '5 min' AND now() + interval '9 min'"
    assert town.count(f"SELECT count(*) FROM subscription WHERE ask_at {soon}") == 1
    town.change("UPDATE subscription SET ask_at = now()")  # those minutes pass
    town.change("UPDATE work SET run_at = now() WHERE kind = 'subscribe'")
    town.until(lambda: len(town.hub.asked) >= 2)
    town.until(lambda: town.stands(State.ACTIVE))
    assert len({form["hub.callback"] for form in town.hub.asked}) == 1


def test_a_denial_is_noticed_and_the_source_polled_as_usual(town: Town) -> None:
    town.start("a")
    town.until(lambda: town.stands(State.ACTIVE))
    form = town.hub.asked[0]
    assert town.hub.push(feed(town.origin, town.hub, "a")) == 202
    assert town.hub.verify(form, mode="denied", reason="full")[0] == 200
    assert town.stands(State.DENIED)
    town.serve("b", "a")
    town.until(lambda: town.published() == {"a", "b"})


def test_a_dead_hub_is_noticed_by_what_polls_find(town: Town) -> None:
    town.start("a")
    town.until(lambda: town.stands(State.ACTIVE))
    assert town.hub.push(feed(town.origin, town.hub, "a")) == 202
    town.until(lambda: town.count("SELECT count(*) FROM push") == 0)
    town.poll_now()
    for slugs in (("b", "a"), ("c", "b", "a")):
        assert town.stands(State.ACTIVE)
        town.serve(*slugs)
        town.poll_now()
    town.until(lambda: town.stands(State.SILENT))
    town.until(lambda: town.published() == {"a", "b", "c"})
    wait = "SELECT extract(epoch FROM run_at - now()) FROM work WHERE kind = 'poll'"
    assert 0 < town.count(wait) <= 1.1 * 3600
