"""Metrics: a status as Prometheus text, each scrape in a registry of its own.

`/metrics` needs no token, as the ops web listens on an interface of its own and the text holds
counts only: no address, no title, no error.
"""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from config.celery import ROUTES
from feeds.model import Verdict
from feeds.store import work
from feeds.store.deliveries import OUTCOMES
from feeds.store.standing import State
from feeds.store.usage import Outcome
from worker.status import Status

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def render(status: Status | None) -> bytes:
    """Write a status as Prometheus text; `None` when the database did not answer."""
    registry = CollectorRegistry()
    registry.register(_Scrape(status))
    return generate_latest(registry)


class _Scrape(Collector):
    """One status, as the client library wants to be handed it."""

    def __init__(self, status: Status | None) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        """Give the gauges; only `tinwire_database_up` when there is no status."""
        up = self._status is not None
        yield _one("tinwire_database_up", "1 while the database answers.", up)
        if self._status is not None:
            yield from _store(self._status)
            yield from _work(self._status)
            yield from _hub(self._status)
            yield from _partners(self._status)
            yield from _hubs_of_sources(self._status)
            yield from _broker(self._status)


def _store(status: Status) -> Iterator[Metric]:
    counts = status.articles
    states = {
        "public": counts.public,
        "withdrawn": counts.withdrawn,
        "duplicate": counts.duplicates,
    }
    yield _by("tinwire_articles", "Articles by state.", ["state"], _keyed(states))
    yield _one("tinwire_stories", "Stories of two or more articles.", counts.stories)
    hour = "Articles that were first seen within the last hour."
    yield _one("tinwire_articles_last_hour", hour, counts.last_hour)
    if status.newest_article_at is not None:
        moment = status.newest_article_at.timestamp()
        name = "tinwire_newest_article_timestamp_seconds"
        yield _one(name, "Date of the newest listed article.", moment)
    some = status.sources
    health = {"ok": some.ok, "failing": some.failing, "paused": some.paused}
    yield _by("tinwire_sources", "Sources by how they do.", ["state"], _keyed(health))
    yield _one("tinwire_feeds", "Feeds that are emitted.", status.feeds)
    verdicts = {verdict.value: status.ledger.get(verdict, 0) for verdict in Verdict}
    yield _by("tinwire_entries", "Entries by what became of them.", ["verdict"], _keyed(verdicts))


def _work(status: Status) -> Iterator[Metric]:
    # Every kind has its series from the start: an alert can't see one that isn't there.
    loads = {(load.kind, load.lane): load for load in status.work}
    kinds = sorted({(kind, _lane(kind)) for kind in ROUTES} | set(loads))
    counts, ages = [], []
    for key in kinds:
        load = loads.get(key)
        for state in ("waiting", "running", "later", "dead"):
            counts.append(((*key, state), getattr(load, state) if load else 0))
        ages.append((key, (load.oldest_s if load else None) or 0))
    labels = ["kind", "lane"]
    yield _by("tinwire_work", "Rows of work by state.", [*labels, "state"], counts)
    longest = "How long the oldest waiting row has been due."
    yield _by("tinwire_work_oldest_seconds", longest, labels, ages)
    running = sum(one.state == "running" for one in status.reindexes)
    yield _one("tinwire_reindexes_running", "Reindexes that have not ended.", running)


def _hub(status: Status) -> Iterator[Metric]:
    hub = status.hub
    how = {"well": hub.subscribers - hub.failing, "failing": hub.failing}
    yield _by("tinwire_subscribers", "Subscribers of our feeds.", ["state"], _keyed(how))
    done = {word: hub.done.get(word, 0) for word in sorted({*OUTCOMES, *hub.done})}
    what = "What our hub and its pings came to, since the first."
    yield _by("tinwire_hub_outcomes", what, ["outcome"], _keyed(done))
    failing = sum(one.failures > 0 for one in status.outside_hubs)
    yield _one("tinwire_outside_hubs_failing", "Outside hubs that took no ping.", failing)


def _partners(status: Status) -> Iterator[Metric]:
    counts = [
        ((one.name, word.value), getattr(one, word.value))
        for one in status.partners
        for word in Outcome
    ]
    what = "Partners' requests since midnight (UTC), by what became of them."
    yield _by("tinwire_partner_requests", what, ["partner", "outcome"], counts)
    quotas = [((one.name,), one.per_day) for one in status.partners]
    most = "Most requests of a partner in a day."
    yield _by("tinwire_partner_quota", most, ["partner"], quotas)


def _hubs_of_sources(status: Status) -> Iterator[Metric]:
    hubs = status.source_hubs
    states = {state.value: hubs.states.get(state.value, 0) for state in State}
    what = "Subscriptions to sources' hubs."
    yield _by("tinwire_source_hubs", what, ["state"], _keyed(states))
    came = {"taken": hubs.deliveries, "ignored": hubs.ignored}
    what = "Deliveries of the hubs that are followed now; those without our signature are ignored."
    yield _by("tinwire_source_hub_deliveries", what, ["outcome"], _keyed(came))


def _lane(kind: str) -> str:
    return work.REINDEX if ROUTES[kind] == "reindex" else work.LIVE


def _broker(status: Status) -> Iterator[Metric]:
    if not status.queues:
        return
    answers = None not in status.queues.values()
    yield _one("tinwire_broker_up", "1 while the broker answers.", answers)
    known = {queue: count for queue, count in status.queues.items() if count is not None}
    messages = "Messages that wait with the broker."
    yield _by("tinwire_queue_messages", messages, ["queue"], _keyed(known))


def _one(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def _by(
    name: str, what: str, labels: list[str], rows: Iterable[tuple[tuple[str, ...], float]]
) -> Metric:
    family = GaugeMetricFamily(name, what, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def _keyed(counts: Mapping[str, float]) -> Iterator[tuple[tuple[str, ...], float]]:
    return (((key,), count) for key, count in counts.items())
