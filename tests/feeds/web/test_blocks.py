from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from config.editorial import BLOCK_KINDS, Editorial
from feeds.model import parse_public_id
from feeds.store import articles
from feeds.store.tables import pin
from feeds.web.blocks import blocks_for, read_pools

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
        connection.rollback()
    assert featured[0].id == chosen
    assert featured[0].why == "pinned by an editor"
    told = [teaser for teaser in featured if teaser.why == "told by 2 sources"]
    assert [teaser.title for teaser in told] == ["Bảo vệ trẻ em ở Cần Thơ"]
    rest = featured[1 + len(told) :]
    assert {teaser.why for teaser in rest} == {"recent"}
    has_picture = [teaser.image is not None for teaser in rest]
    assert has_picture == sorted(has_picture, reverse=True)
    assert True in has_picture


def test_every_candidate_says_why(stock: Any, public: Any, editorial: Editorial) -> None:
    number = parse_public_id(public("lead"))
    with stock.engine.connect() as connection:
        lead = articles.load(connection, [number])[number]
        pools = read_pools(connection, lead, editorial, NOW).by_kind
    assert {teaser.why for teaser in pools["same_author"]} == {"also by Lam Ha"}
    assert {teaser.why for teaser in pools["same_section"]} == {"newest in Thời sự › Nhân quyền"}
    assert all(teaser.why for teasers in pools.values() for teaser in teasers)
