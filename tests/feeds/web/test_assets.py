from pathlib import Path

import pytest

from feeds.web.assets import FOLDER, KINDS, Assets


def test_an_address_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    first = Assets(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b{}")
    assert first.startswith("/static/a.css?v=")
    assert Assets(tmp_path).url("a.css") != first


def test_every_file_of_the_folder_has_a_media_type() -> None:
    made = Assets()
    for path in FOLDER.iterdir():
        found = made.find(path.name)
        assert found is not None
        assert found.kind == KINDS[path.suffix]


def test_an_unknown_file_has_no_address() -> None:
    assert Assets().find("nothing.css") is None
    with pytest.raises(KeyError):
        Assets().url("nothing.css")
