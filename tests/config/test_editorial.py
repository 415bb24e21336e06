"""Editorial files: what is wrong is named by file and key, with the nearest right name."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.editorial import Editorial, load_editorial
from config.errors import ConfigError
from config.site import BLOCK_KINDS

SHIPPED = Path(__file__).parents[2] / "config"
PARTNER = {"name": "daily", "origins": ["https://daily.example"], "per_day": 10}
SOURCE = {"name": "alpha", "title": "Alpha", "url": "https://alpha.example/rss"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with small, sound files."""
    shutil.copy(SHIPPED / "site.yaml", tmp_path)
    write(tmp_path, "sections", [section("news"), section("rights", parent="news")])
    write(tmp_path, "topics", [{"slug": "t", "names": {"vi": "T"}, "keywords": ["bão"]}])
    write(tmp_path, "sources", [SOURCE])
    write(tmp_path, "partners", [PARTNER])
    return tmp_path


def section(slug: str, **more: Any) -> dict[str, Any]:
    return {"slug": slug, "names": {"vi": slug.title(), "en": slug}, **more}


def write(folder: Path, name: str, items: list[dict[str, Any]]) -> None:
    (folder / f"{name}.yaml").write_text(
        yaml.safe_dump({name: items}, allow_unicode=True, sort_keys=False)
    )


def test_the_shipped_files_are_sound(editorial: Editorial) -> None:
    assert editorial == load_editorial(SHIPPED)
    assert {block.kind for block in editorial.site.blocks} <= set(BLOCK_KINDS)


def test_a_section_knows_its_path_and_its_names(folder: Path) -> None:
    editorial = load_editorial(folder)
    assert [one.slug for one in editorial.path("rights")] == ["news", "rights"]
    assert editorial.path(None) == editorial.path("gone") == ()
    assert editorial.section("rights").name("en") == "rights"
    assert editorial.section("rights").name("fr") == "Rights", "the first that there is"
    assert editorial.topics[0].name("en") == "T"
    with pytest.raises(KeyError):
        editorial.section("gone")


MISTAKES: dict[str, tuple[str, list[dict[str, Any]], str]] = {
    "unknown key": (
        "sources",
        [{**SOURCE, "sectoin": "x"}],
        "sources[0].sectoin: unknown key (did you mean 'section'?)",
    ),
    "no selector": (
        "sources",
        [{**SOURCE, "article": {"body": "div["}}],
        "sources[0].article.body: Value error, 'div[' is no CSS selector: ",
    ),
    "unknown key of a source's rules": (
        "sources",
        [{**SOURCE, "article": {"autor": ".a"}}],
        "sources[0].article.autor: unknown key (did you mean 'author'?)",
    ),
    "missing key": ("sources", [{"name": "a", "title": "A"}], "sources[0].url: Field required"),
    "unknown section": (
        "sources",
        [{**SOURCE, "section": "rigths"}],
        "alpha.section: no section 'rigths' (did you mean 'rights'?)",
    ),
    "unknown parent": ("sections", [section("a", parent="b")], "a.parent: no section 'b'"),
    "a loop": (
        "sections",
        [section("a", parent="b"), section("b", parent="a")],
        "the tree has a loop",
    ),
    "its own parent": ("sections", [section("a", parent="a")], "the tree has a loop"),
    "the same twice": ("sections", [section("a"), section("a")], "'a' stands more than once"),
    "a source in a rule": (
        "sections",
        [section("a", rules=[{"source": "alpah"}])],
        "a.rules: no source 'alpah' (did you mean 'alpha'?)",
    ),
    "a misspelt rule": (
        "sections",
        [section("a", rules=[{"categroy": "x"}])],
        "did you mean 'category'?",
    ),
    "a section without a name": ("sections", [section("a", names={})], "sections[0].names"),
    "a slug with capitals": ("sections", [section("A")], "sections[0].slug"),
    "no zone": (
        "sources",
        [{**SOURCE, "timezone": "Asia/Hanoi2"}],
        "no time zone of the IANA database",
    ),
    "no web address": ("sources", [{**SOURCE, "url": "ftp://x"}], "sources[0].url"),
    "never polled": ("sources", [{**SOURCE, "every_s": 0}], "equal to 1 (got 0)"),
    "the same address twice": (
        "sources",
        [SOURCE, {**SOURCE, "name": "beta"}],
        "'https://alpha.example/rss' stands more than once",
    ),
    "a misspelt quota": (
        "partners",
        [{**PARTNER, "per_mintue": 1}],
        "partners[0].per_mintue: unknown key (did you mean 'per_minute'?)",
    ),
    "an origin with a path": (
        "partners",
        [{**PARTNER, "origins": ["https://daily.example/"]}],
        "partners[0].origins: Value error, 'https://daily.example/' is no origin such as"
        " 'https://example.org' (did you mean 'https://daily.example'?)",
    ),
    "no quota": ("partners", [{**PARTNER, "per_minute": 0}], "equal to 1 (got 0)"),
    "the same partner twice": ("partners", [PARTNER, PARTNER], "'daily' stands more than once"),
}


@pytest.mark.parametrize(("name", "items", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_line_with_file_and_key(
    folder: Path, name: str, items: list[dict[str, Any]], said: str
) -> None:
    write(folder, name, items)
    with pytest.raises(ConfigError) as caught:
        load_editorial(folder)
    assert str(caught.value).startswith(str(folder / f"{name}.yaml"))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


NEWEST = {"kind": "newest", "names": {"en": "Newest"}}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("languages", ["fr"], "one or more of vi, en, the site's first one first (got ['fr'])"),
        ("languages", [], "one or more of vi, en"),
        ("languages", ["en", "en"], "one or more of vi, en"),
        ("blocks", [NEWEST, NEWEST], "'newest' stands more than once; each kind is one block"),
        ("front", [NEWEST, NEWEST], "'newest' stands more than once; each kind is one block"),
        ("blocks", [{**NEWEST, "kind": "newst"}], "'most_read' or 'same_section' (got 'newst')"),
        ("front", [{**NEWEST, "kind": "same_topic"}], "the front page takes featured, newest"),
    ],
)
def test_a_mistake_in_the_site_says_what_is_allowed(
    folder: Path, key: str, value: object, said: str
) -> None:
    path = folder / "site.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), key: value}))
    with pytest.raises(ConfigError) as caught:
        load_editorial(folder)
    assert str(caught.value).startswith(f"{path}: {key}")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_site_may_speak_one_language_or_another_first(folder: Path) -> None:
    path = folder / "site.yaml"
    for languages in (["en"], ["en", "vi"]):
        path.write_text(
            yaml.safe_dump({**yaml.safe_load(path.read_text()), "languages": languages})
        )
        assert load_editorial(folder).site.languages == tuple(languages)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sections: [", "no valid YAML in line"),
        ("sections: {}", "expected one list under the key 'sections'"),
        ("other: []", "expected one list under the key 'sections'"),
        ("", "expected one list"),
        ("sections: [text]", "sections[0]. must be a mapping"),
        (None, "no such file"),
    ],
)
def test_a_file_that_is_no_list_is_refused(folder: Path, text: str | None, said: str) -> None:
    path = folder / "sections.yaml"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(ConfigError, match=r"sections\.yaml") as caught:
        load_editorial(folder)
    assert said in str(caught.value)


def test_a_loop_that_is_not_checked_yet_ends_all_the_same(editorial: Editorial) -> None:
    (first, second), rest = editorial.sections[:2], editorial.sections[2:]
    looped = (
        first.model_copy(update={"parent": second.slug}),
        second.model_copy(update={"parent": first.slug}),
    )
    broken = editorial.model_copy(update={"sections": (*looped, *rest)})
    assert len(broken.path(first.slug)) <= len(broken.sections)
