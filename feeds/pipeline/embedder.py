"""An embedder of the operator's: what `TINWIRE_EMBEDDER` names, held to what we ask of it.

It is a callable, an object with `embed`, or a class of such that is made without arguments. It
takes texts (title, an empty line, text) and gives a row of numbers for each, always as many.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from inspect import isclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.errors import ConfigError
from feeds.errors import EmbedderFailed
from feeds.related.embed import unit

MOST_DIMENSIONS = 4096  # pgvector's halfvec holds 16,000; memory holds fewer
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def load_embedder(path: str) -> Embed:
    """Load what a dotted path names.

    Raises `ConfigError` where there is no such thing. What is loaded raises `EmbedderFailed`.
    """
    found = _imported(path)
    try:
        made = found() if isclass(found) else found
    except Exception as exc:
        raise ConfigError(f"TINWIRE_EMBEDDER: {path}() failed: {_told(exc)}") from exc
    call = getattr(made, "embed", made)
    if not callable(call):
        raise ConfigError(f"TINWIRE_EMBEDDER: {path} is no callable and has no `embed`")

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        try:
            vectors = np.asarray(call(list(texts)), dtype=np.float32)
        except Exception as exc:
            raise EmbedderFailed(f"{path}: {_told(exc)}") from exc
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise EmbedderFailed(f"{path}: {len(texts)} texts gave an array {vectors.shape}")
        if not 1 <= vectors.shape[1] <= MOST_DIMENSIONS or not np.isfinite(vectors).all():
            raise EmbedderFailed(
                f"{path}: rows of 1 to {MOST_DIMENSIONS} finite numbers are needed"
            )
        return unit(vectors)

    return embed


def _imported(path: str) -> Any:
    """Import the longest part of a path that is a module, and look the rest up in it."""
    parts = path.split(".")
    for end in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:end])
        try:
            found = import_module(name)
        except ModuleNotFoundError as exc:
            if exc.name is None or not f"{name}.".startswith(f"{exc.name}."):
                raise ConfigError(f"TINWIRE_EMBEDDER: {name} can't be imported: {exc}") from exc
            continue
        except Exception as exc:
            raise ConfigError(f"TINWIRE_EMBEDDER: {name} can't be imported: {_told(exc)}") from exc
        for at in range(end, len(parts)):
            if not hasattr(found, parts[at]):
                where = ".".join(parts[:at])
                raise ConfigError(f"TINWIRE_EMBEDDER: {where} has no {parts[at]!r}")
            found = getattr(found, parts[at])
        return found
    raise ConfigError(f"TINWIRE_EMBEDDER: no module {parts[0]!r} to import {path} from")


def _told(exc: Exception) -> str:
    return f"{type(exc).__name__}: {exc}".splitlines()[0]
