"""The tasks: each is a bell's ring for one kind of work, and carries nothing worth losing."""

from celery import shared_task

from config.celery import LEARN_HARD_LIMIT_S, LEARN_SOFT_LIMIT_S
from feeds.pipeline.run import run
from worker import runtime
from worker.learning import fit_now, learn_now
from worker.reindex import request_reindex

# `max_retries` bounds how often a task whose child died is sent again; the rows count their own.
_OPTIONS = {"max_retries": 3}


@shared_task(name="tinwire.poll", **_OPTIONS)
def poll() -> None:
    """Fetch and ingest the sources that are due."""
    run(runtime.desk(), "poll")


@shared_task(name="tinwire.ingest", **_OPTIONS)
def ingest() -> None:
    """Fetch and store the links that were handed in."""
    run(runtime.desk(), "ingest")


@shared_task(name="tinwire.push", **_OPTIONS)
def push() -> None:
    """Read and store what hubs delivered."""
    run(runtime.desk(), "push")


@shared_task(name="tinwire.subscribe", **_OPTIONS)
def subscribe() -> None:
    """Ask sources' hubs to push, or to stop."""
    run(runtime.desk(), "subscribe")


@shared_task(name="tinwire.relate", **_OPTIONS)
def relate() -> None:
    """Relate the articles that changed."""
    run(runtime.desk(), "relate")


@shared_task(name="tinwire.retell", **_OPTIONS)
def retell() -> None:
    """Settle the stories of the articles that were related."""
    run(runtime.desk(), "retell")


@shared_task(name="tinwire.publish", **_OPTIONS)
def publish() -> None:
    """Rebuild the feeds that were touched and have been quiet."""
    run(runtime.desk(), "publish")


@shared_task(name="tinwire.announce", **_OPTIONS)
def announce() -> None:
    """Find who is to be told of the feeds that changed."""
    run(runtime.desk(), "announce")


@shared_task(name="tinwire.verify", **_OPTIONS)
def verify() -> None:
    """Ask subscribers whether they want what was asked for in their name."""
    run(runtime.desk(), "verify")


@shared_task(name="tinwire.deliver", **_OPTIONS)
def deliver() -> None:
    """Push feeds that changed to their subscribers."""
    run(runtime.desk(), "deliver")


@shared_task(name="tinwire.ping", **_OPTIONS)
def ping() -> None:
    """Tell outside hubs of the feeds that changed."""
    run(runtime.desk(), "ping")


@shared_task(name="tinwire.search", **_OPTIONS)
def search() -> None:
    """Let readers find the articles that changed."""
    run(runtime.desk(), "search")


@shared_task(name="tinwire.search_whole", **_OPTIONS)
def search_whole() -> None:
    """Let readers find articles by words that stand further down, too."""
    run(runtime.desk(), "search_whole")


@shared_task(name="tinwire.tidy", **_OPTIONS)
def tidy() -> None:
    """Drop what has served its time."""
    run(runtime.desk(), "tidy")


@shared_task(
    name="tinwire.fit",
    soft_time_limit=LEARN_SOFT_LIMIT_S,
    time_limit=LEARN_HARD_LIMIT_S,
    **_OPTIONS,
)
def fit(now: bool = False) -> None:
    """Count words over the store: at once when `now` is given, else when it is due."""
    if now:
        fit_now(runtime.desk(), actor="celery")
    else:
        run(runtime.desk(), "fit")


@shared_task(
    name="tinwire.learn",
    soft_time_limit=LEARN_SOFT_LIMIT_S,
    time_limit=LEARN_HARD_LIMIT_S,
    **_OPTIONS,
)
def learn(now: bool = False) -> None:
    """Learn sections: at once when `now` is given, else when it is due and enough is new."""
    if now:
        learn_now(runtime.desk(), actor="celery")
    else:
        run(runtime.desk(), "learn")


@shared_task(name="tinwire.reindex", **_OPTIONS)
def reindex(mode: str | None = None, **scope: str) -> None:
    """Start a reindex when a mode is given, and work on those that run."""
    if mode is not None:
        request_reindex(runtime.desk(), mode, scope, actor="celery")
    run(runtime.desk(), "reindex")
