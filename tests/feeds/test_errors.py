"""The error tree: leaves say what the caller does next, and survive the way between processes."""

import pickle

import pytest

from feeds import errors
from feeds.errors import GiveUp, Retry, TinwireError

LEAVES = [errors.FetchFailed, errors.LeaseLost, errors.Refused, errors.NotAFeed, errors.BadEntry]
LEAVES += [errors.EmbedderFailed, errors.NotFound, errors.Raced, errors.NoTurn]


@pytest.mark.parametrize("leaf", LEAVES)
def test_each_leaf_says_whether_to_try_again(leaf: type[TinwireError]) -> None:
    assert issubclass(leaf, Retry) != issubclass(leaf, GiveUp)


@pytest.mark.parametrize("leaf", LEAVES)
def test_each_leaf_survives_pickling(leaf: type[TinwireError]) -> None:
    error = pickle.loads(pickle.dumps(leaf("HTTP status 503")))
    assert type(error) is leaf
    assert error.message == str(error) == "HTTP status 503"


def test_the_tree_is_drawn_as_it_is() -> None:
    classes = [one for one in vars(errors).values() if isinstance(one, type)]
    assert all(one.__name__ in (errors.__doc__ or "") for one in classes)
