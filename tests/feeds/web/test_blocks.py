from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from config.editorial import Editorial
from config.site import BLOCK_KINDS
from feeds.model import parse_public_id
from feeds.store import articles
from feeds.store.tables import article, pin
from feeds.web.blocks import blocks_for, front_blocks, read_pools, why_of

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@contextmanager
def _counted(engine: sa.Engine) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(engine, "before_cursor_execute", note)


def test_all_blocks_take_two_questions(stock: Any, public: Any, editorial: Editorial) -> None:
    number = parse_public_id(public("lead"))
    with stock.engine.connect() as connection:
        lead = articles.load(connection, [number])[number]
        with _counted(stock.engine) as asked:
            found = blocks_for(connection, lead, editorial, NOW)
    assert len(asked) == 2
    assert set(found) == set(BLOCK_KINDS)
    assert all(teaser.id != number for teasers in found.values() for teaser in teasers)


def test_editors_pins_lead_the_featured_pool(stock: Any, public: Any, editorial: Editorial) -> None:
    chosen = parse_public_id(public("other-8"))
    with stock.engine.connect() as connection:
        connection.execute(sa.insert(pin).values(article_id=chosen, at=NOW))
        featured = read_pools(connection, None, editorial, NOW).by_kind["featured"]
        shown = front_blocks(connection, editorial, NOW)["featured"]
        lead = sa.func.coalesce(article.c.duplicate_of, article.c.story_id, article.c.id)
        tellers = sa.select(lead, sa.func.count()).group_by(lead)
        told_by = {row[0]: row[1] for row in connection.execute(tellers)}
        connection.rollback()
    assert featured[0].id == chosen
    assert why_of(featured[0], editorial) == "pinned by an editor"
    told = [one for one in featured if one.kind == "told"]
    assert [one.why for one in told] == [f"told by {told_by[one.id]} sources" for one in told]
    assert parse_public_id(public("lead")) in [one.id for one in told]
    rest = featured[1 + len(told) :]
    assert {why_of(one, editorial) for one in rest} == {"recent"}
    assert [one.has_picture for one in rest] == sorted((o.has_picture for o in rest), reverse=True)
    assert shown[0].id == chosen
    assert shown[0].why == "pinned by an editor"


def test_every_candidate_says_why(stock: Any, public: Any, editorial: Editorial) -> None:
    number = parse_public_id(public("lead"))
    with stock.engine.connect() as connection:
        lead = articles.load(connection, [number])[number]
        pools = read_pools(connection, lead, editorial, NOW).by_kind
    whys = {kind: {why_of(one, editorial) for one in many} for kind, many in pools.items()}
    assert whys["same_author"] == {"also by Lam Ha"}
    assert "newest in Thời sự › Nhân quyền" in whys["same_section"]
    assert all(why for said in whys.values() for why in said)


def test_what_is_on_its_topic_tells_no_story_again_unless_the_site_asks_for_that(
    stock: Any, public: Any, editorial: Editorial
) -> None:
    ids = [parse_public_id(public(f"other-{n}")) for n in (1, 2, 3)]
    number = parse_public_id(public("lead"))
    asking = editorial.site.model_copy(update={"repeat_story": True})
    with stock.engine.connect() as connection:
        mates = article.c.id.in_([number, *ids])
        connection.execute(sa.update(article).where(mates).values(story_id=number))
        lead = articles.load(connection, [number])[number]
        shut = blocks_for(connection, lead, editorial, NOW)
        open_ = blocks_for(connection, lead, editorial.model_copy(update={"site": asking}), NOW)
        connection.rollback()
    assert not {one.id for one in shut["same_topic"]} & set(ids)
    assert {one.id for one in open_["same_topic"]} & set(ids)
    assert number not in {one.id for many in open_.values() for one in many}
