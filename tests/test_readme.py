"""The documents: each command, setting, address and feed stands there; what they show exists."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
import sqlalchemy as sa
import typer
import yaml
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

import config
import feeds
import worker
from config.celery import QUEUES, ROUTES
from config.editorial import load_editorial
from config.reference import settings_table
from config.settings import load_settings
from feeds.pipeline.desk import Desk
from feeds.pipeline.publish import RENDER
from feeds.store import listing
from feeds.web.app import create_app as create_public
from worker import cli
from worker.ops.app import create_app as create_ops

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
REGENERATE = "run `python -m config.reference` and put its output between the settings markers"
NOWHERE = "postgresql+psycopg://localhost:1/nowhere"  # an engine connects only when it is used


def walk(group: Any, path: str = "tinwire") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from walk(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def command_line() -> dict[str, Any]:
    """Map each command of the command line, such as `tinwire sources add`, to what typer made."""
    return dict(walk(typer.main.get_command(cli.app)))


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def shell_lines() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", README + OPERATIONS, re.MULTILINE | re.DOTALL)
    joined = "".join(blocks).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip()]


def words_of(line: str) -> list[str]:
    """Split a shell line, without what it is run by and the variables that it sets."""
    words = shlex.split(line.removeprefix("docker compose exec ops "))
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        del words[0]
    return words


def started_by(program: str) -> list[list[str]]:
    found = [words for line in shell_lines() if (words := words_of(line))[:1] == [program]]
    assert found, f"the README shows no `{program}` command"
    return found


def site_of(app: object) -> Starlette:
    """Find the Starlette application within what wraps it."""
    if isinstance(app, Starlette):
        return app
    if isinstance(app, FunctionType):
        inner = [cell.cell_contents for cell in app.__closure__ or ()]
    else:
        inner = list(vars(app).values())
    (found,) = (one for one in inner if isinstance(one, Starlette))
    return found


def routes_of(app: ASGIApp) -> list[tuple[str, str]]:
    """List methods and paths as the README writes them, without the types of parameters."""
    return [
        (method, re.sub(r":\w+}", "}", route.path))
        for route in site_of(app).routes
        if isinstance(route, Route)
        for method in sorted(route.methods or ())
        if method != "HEAD"
    ]


def public_routes() -> list[tuple[str, str]]:
    editorial = load_editorial(ROOT / "config")
    return routes_of(create_public(sa.create_engine(NOWHERE), editorial, load_settings({})))


def ops_routes() -> list[tuple[str, str]]:
    editorial = load_editorial(ROOT / "config")
    return routes_of(create_ops(Desk(sa.create_engine(NOWHERE), editorial, load_settings({}))))


def feed_prefixes() -> list[str]:
    """Take the prefixes of feed keys from the listing's own description of them."""
    (line,) = re.findall(r"^Keys: (.*)$", listing.__doc__ or "", re.MULTILINE)
    return re.findall(r"`([^`]+)`", line.partition(". ")[0])


@pytest.mark.parametrize("package", [config, worker, feeds])
def test_our_own_packages_are_imported_and_not_those_of_the_same_name_on_pypi(
    package: object,
) -> None:
    assert Path(str(vars(package)["__file__"])).parents[1] == ROOT


def test_the_settings_table_is_current() -> None:
    start, end = "<!-- settings -->\n", "\n<!-- /settings -->"
    assert README.count(start) == README.count(end) == 1
    written = README.partition(start)[2].partition(end)[0]
    assert written == settings_table(), REGENERATE


def test_the_settings_table_names_no_folder_of_this_machine() -> None:
    assert str(ROOT) not in settings_table()


@pytest.mark.parametrize("name", sorted(command_line()))
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert f"| `{name}` |" in README


def test_every_command_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"^\| `(tinwire [^`]+)` \|", README, re.MULTILINE))
    assert named == set(command_line())


@pytest.mark.parametrize(("method", "path"), public_routes())
def test_every_public_route_stands_in_the_readme(method: str, path: str) -> None:
    assert method == "GET" or path in ("/websub/{token}", "/hub"), "WebSub alone writes"
    assert f"`{path}`" in README


@pytest.mark.parametrize(("method", "path"), ops_routes())
def test_every_ops_route_stands_in_the_readme(method: str, path: str) -> None:
    assert f"`{method} {path}`" in README


@pytest.mark.parametrize("prefix", feed_prefixes())
def test_every_feed_prefix_stands_in_the_readme(prefix: str) -> None:
    assert f"| `{prefix}` |" in README


@pytest.mark.parametrize("name", sorted(RENDER))
def test_every_feed_format_stands_in_the_readme(name: str) -> None:
    assert re.search(rf"/feeds/[a-z/-]+\.{name}\b|`{name}`", README)


@pytest.mark.parametrize("target", sorted(make_targets()))
def test_every_make_target_stands_in_the_readme(target: str) -> None:
    assert re.search(rf"\bmake {target}\b", README)


@pytest.mark.parametrize("words", started_by("make"), ids=" ".join)
def test_every_make_command_that_is_shown_exists(words: list[str]) -> None:
    assert set(words[1:]) <= make_targets()


@pytest.mark.parametrize("words", started_by("tinwire"), ids=" ".join)
def test_every_tinwire_command_that_is_shown_exists_with_its_options(words: list[str]) -> None:
    commands = command_line()
    name = max((one for one in commands if words[: len(one.split())] == one.split()), key=len)
    known = {option for param in commands[name].params for option in param.opts}
    assert {word for word in words if word.startswith("-")} <= known


@pytest.mark.parametrize("words", started_by("celery"), ids=" ".join)
def test_every_celery_command_that_is_shown_names_our_app_queues_and_tasks(
    words: list[str],
) -> None:
    assert words[1:3] == ["-A", "worker.app"]
    assert words[3] in {"worker", "beat", "call"}
    if "-Q" in words:
        assert set(words[words.index("-Q") + 1].split(",")) <= set(QUEUES)
    if words[3] == "call":
        assert words[4].removeprefix("tinwire.") in ROUTES
    if "--kwargs" in words:
        assert json.loads(words[words.index("--kwargs") + 1])


@pytest.mark.parametrize("words", started_by("docker"), ids=" ".join)
def test_every_service_that_is_named_to_docker_exists(words: list[str]) -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    if words[2] in {"exec", "logs", "stop"}:
        named = [word for word in words[3:] if not word.startswith("-")]
        assert set(named[: 1 if words[2] == "exec" else None]) <= set(compose["services"])
    else:
        assert words[:3] == ["docker", "compose", "up"]


def test_every_local_link_leads_somewhere() -> None:
    linked = set(re.findall(r"\]\(([^)#]+)\)", README))
    local = {one for one in linked if "://" not in one and not one.startswith("docs/images/")}
    assert {one for one in local if not (ROOT / one).exists()} == set()
