"""Follow: which hub counts, and how far a hub that delivers spares polls."""

from typing import Any

from feeds.ingest.cadence import BACKUP
from feeds.store.standing import State

HOUR = 3600


def told(followed: Any) -> str:
    return str(followed.standing.said(followed.newsroom.watch.now))


def is_backup(followed: Any) -> bool:
    """Tell from the source's own reason whether polls only back a hub up."""
    ((why,),) = followed.newsroom.rows("SELECT why FROM source WHERE name = 'alpha'")
    return f"a hub pushes, so {BACKUP} times less often" in why


def backup_poll(followed: Any, *slugs: str) -> None:
    """Poll when the source is due next, and find these."""
    followed.serve(*slugs)
    followed.newsroom.watch.forward(seconds=followed.due_in())
    followed.poll()


def test_a_source_whose_hub_delivers_is_polled_at_a_tenth_of_the_rate(followed: Any) -> None:
    followed.serve("a")
    followed.poll()
    assert not is_backup(followed), "nothing was delivered yet"
    own = followed.due_in()
    followed.push("a", "b")
    backup_poll(followed, "a", "b")
    assert is_backup(followed)
    assert followed.due_in() > own


def test_a_source_that_cannot_be_read_is_not_spared(followed: Any) -> None:
    followed.start("a")
    followed.origin.serve("/feed", "busy", status=500)
    followed.newsroom.watch.forward(hours=2)
    followed.poll()
    assert followed.due_in() <= 2.2 * HOUR


def test_a_hub_that_lost_its_lease_does_not_spare_polls(followed: Any, hub: Any) -> None:
    hub.lease_s = 1000
    followed.start("a")
    hub.status = 500
    followed.newsroom.watch.forward(hours=10)
    followed.poll()
    assert followed.standing.state is State.FAILED
    assert not is_backup(followed)


def test_a_renewal_that_fails_brings_polls_back_at_once(followed: Any, hub: Any) -> None:
    hub.lease_s = 100 * HOUR
    followed.start("a")
    backup_poll(followed, "a")
    assert is_backup(followed)
    hub.status = 500
    while followed.standing.state is State.ACTIVE:
        followed.newsroom.watch.forward(hours=1)
        followed.poll()
    assert told(followed) == "no push: the hub answers with HTTP status 500"
    assert followed.due_in() <= 0
    followed.poll()
    assert not is_backup(followed)


def test_a_hub_that_stops_delivering_is_noticed_at_the_second_time(followed: Any) -> None:
    """One poll may have overtaken its push."""
    followed.start("a")
    backup_poll(followed, "a")
    backup_poll(followed, "a", "b")
    assert followed.standing.state is State.ACTIVE
    assert is_backup(followed)
    backup_poll(followed, "a", "b", "c")
    assert told(followed) == (
        "push is not relied on: 2 polls in a row found articles that no push had brought"
    )
    assert not is_backup(followed)


def test_polls_that_find_nothing_new_are_no_sign_of_a_dead_hub(followed: Any) -> None:
    followed.start("a")
    for slugs in (["a"], ["a", "b"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c"]):
        backup_poll(followed, *slugs)
    assert followed.standing.state is State.ACTIVE


def test_a_hub_that_delivers_again_is_relied_on_again(followed: Any) -> None:
    followed.start("a")
    backup_poll(followed, "a", "b")
    backup_poll(followed, "a", "b", "c")
    assert followed.standing.state is State.SILENT
    backup_poll(followed, "a", "b", "c")
    assert followed.standing.state is State.SILENT, "it delivered nothing since"
    followed.newsroom.watch.forward(seconds=1)
    followed.push("d")
    backup_poll(followed, "a", "b", "c", "d")
    assert followed.standing.state is State.ACTIVE
    assert is_backup(followed)


def test_a_silent_hub_that_renews_is_still_silent(followed: Any, hub: Any) -> None:
    hub.lease_s = 40 * HOUR
    followed.start("a")
    backup_poll(followed, "a", "b")
    backup_poll(followed, "a", "b", "c")
    while len(hub.asked) == 1:
        followed.newsroom.watch.forward(hours=1)
        followed.poll()
    assert followed.standing.state is State.SILENT


def test_what_was_delivered_and_not_read_yet_is_not_missing(followed: Any, hub: Any) -> None:
    followed.start("a")
    for slugs in (["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]):
        assert hub.push(followed.feed(*slugs)) == 202
        backup_poll(followed, *slugs)
    assert followed.standing.missed == 0
    assert followed.standing.state is State.ACTIVE


def test_a_source_that_changes_its_hub_leaves_the_old_one(followed: Any, hub: Any) -> None:
    """§6.1: at a new topic or hub, subscribers see it when they fetch the topic."""
    followed.start("a")
    followed.serve("a", "b", hub=f"{hub.url}?new")
    followed.newsroom.watch.forward(hours=20)
    followed.poll()
    first, *later = [form["hub.mode"] for form in hub.asked]
    assert (first, sorted(later)) == ("subscribe", ["subscribe", "unsubscribe"])
    assert followed.standing.hub_url == f"{hub.url}?new"
    assert followed.standing.state is State.ACTIVE
    assert not is_backup(followed), "the new one has to deliver first"


def test_a_source_that_drops_its_hub_is_left(followed: Any, hub: Any) -> None:
    followed.start("a")
    followed.serve("a", "b", hub="")
    followed.newsroom.watch.forward(hours=20)
    followed.poll()
    assert [form["hub.mode"] for form in hub.asked] == ["subscribe", "unsubscribe"]
    assert not is_backup(followed)


def test_an_unchanged_document_leaves_the_hub_as_it_is(followed: Any, hub: Any) -> None:
    followed.start("a")
    for _ in range(3):
        backup_poll(followed, "a")
    assert len(hub.asked) == 1


def test_polling_sources_without_hubs_costs_one_question_more(
    newsroom: Any, origin: Any, statements: Any
) -> None:
    from_feed = '<rss version="2.0"><channel><title>N</title></channel></rss>'
    for name in ("alpha", "beta", "gamma"):
        newsroom.source(name, url=origin.serve(f"/{name}", from_feed))
    with statements() as sent:
        newsroom.settle("poll")
    assert sum("subscription" in one for one in sent) == 1
    assert not any("FROM push" in one for one in sent)
