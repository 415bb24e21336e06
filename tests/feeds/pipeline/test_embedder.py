"""Embedders of operators: what can't be loaded, and what gives no vectors, is said clearly."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from config.errors import ConfigError
from config.settings import load_settings
from feeds.errors import EmbedderFailed
from feeds.pipeline.embedder import load_embedder

CODE = """
import numpy as np

def embed(texts):
    return [[len(text), 1.0] for text in texts]

class Model:
    def embed(self, texts):
        return np.ones((len(texts), 3))

class Broken:
    def __init__(self):
        raise OSError("no model at hand")

model = Model()
number = 3

def short(texts):
    return [[1.0]]

def flat(texts):
    return [1.0 for _ in texts]

def endless(texts):
    return [[float("nan")] for _ in texts]

def fails(texts):
    raise RuntimeError("out of memory")
"""


@pytest.fixture(autouse=True)
def operators_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "operators_module.py").write_text(CODE)
    (tmp_path / "needs_more.py").write_text("import no_such_library\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in ("operators_module", "needs_more"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("operators_module.embed", 2),
        ("operators_module.Model", 3),
        ("operators_module.model", 3),
        ("operators_module.model.embed", 3),
    ],
)
def test_functions_classes_and_objects_embed(path: str, columns: int) -> None:
    found = load_embedder(path)(["a", "bcd"])
    assert found.shape == (2, columns)
    assert found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("no_such_module.embed", "no module 'no_such_module'"),
        ("operators_module.embedd", "operators_module has no 'embedd'"),
        ("operators_module.number", "is no callable and has no `embed`"),
        ("operators_module.Broken", "OSError: no model at hand"),
        ("needs_more.embed", "No module named 'no_such_library'"),
    ],
)
def test_what_cannot_be_loaded_is_said(path: str, why: str) -> None:
    with pytest.raises(ConfigError, match="TINWIRE_EMBEDDER") as told:
        load_embedder(path)
    assert why in str(told.value)


@pytest.mark.parametrize("name", ["short", "flat", "endless", "fails"])
def test_what_gives_no_vectors_fails(name: str) -> None:
    embed = load_embedder(f"operators_module.{name}")
    with pytest.raises(EmbedderFailed, match=f"operators_module.{name}: "):
        embed(["a", "b"])


@pytest.mark.parametrize("path", ["embed", "a..b", "a.b()", "/a/b"])
def test_a_setting_that_is_no_dotted_path_is_refused(path: str) -> None:
    with pytest.raises(ConfigError, match="TINWIRE_EMBEDDER"):
        load_settings({"TINWIRE_EMBEDDER": path})
