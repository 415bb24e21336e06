"""The tasks: each is a bell's ring for one kind of work, and carries nothing worth losing."""

from celery import shared_task

from feeds.pipeline.fit import fit as fit_store
from feeds.pipeline.run import run
from worker import runtime
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


@shared_task(name="tinwire.publish", **_OPTIONS)
def publish() -> None:
    """Rebuild the feeds that were touched and have been quiet."""
    run(runtime.desk(), "publish")


@shared_task(name="tinwire.tidy", **_OPTIONS)
def tidy() -> None:
    """Drop what has served its time."""
    run(runtime.desk(), "tidy")


@shared_task(name="tinwire.reindex", **_OPTIONS)
def reindex(mode: str | None = None, **scope: str) -> None:
    """Start a reindex when a mode is given, and work on those that run."""
    if mode is not None:
        request_reindex(runtime.desk(), mode, scope, actor="celery")
    run(runtime.desk(), "reindex")


@shared_task(name="tinwire.fit", **_OPTIONS)
def fit() -> None:
    """Count how common words are in the store, and start a round that relates by it."""
    fit_store(runtime.desk())
