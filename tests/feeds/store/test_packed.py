"""Packed: arrays that come out as they went in."""

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.store.packed import blobs, numbers, texts

FEW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXTS = st.lists(
    st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
)
READ = """
SELECT CAST(:numbers AS bigint[]), CAST(:texts AS text[]), CAST(:blobs AS bytea[])
"""


@FEW
@given(
    ids=st.lists(st.integers(-(2**63), 2**63 - 1)),
    said=TEXTS,
    bodies=st.lists(st.binary() | st.none()),
)
def test_arrays_come_out_as_they_went_in(
    connection: sa.Connection, ids: list[int], said: list[str | None], bodies: list[bytes | None]
) -> None:
    asked = {"numbers": numbers(ids), "texts": texts(said), "blobs": blobs(bodies)}
    assert tuple(connection.execute(sa.text(READ), asked).one()) == (ids, said, bodies)
