"""The graph in the ops web: around an article, and of a section's last week; page, SVG and JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import jinja2
import sqlalchemy as sa
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from feeds.model import parse_public_id, public_id
from feeds.pipeline.desk import Desk
from feeds.store import graph
from feeds.store.graph import Graph
from worker.ops.answers import answer
from worker.ops.drawing import as_values, draw, legend

_WEEK = timedelta(days=7)
_ENDINGS = ("svg", "json")


@dataclass(frozen=True, slots=True)
class Shown:
    """A graph with its heading; `path` is the page's, `centre` the article that it is about."""

    graph: Graph
    heading: str
    path: str
    centre: int | None = None


class GraphPage:
    """The template and its style, which must be the one that the CSP names."""

    def __init__(self, style: str) -> None:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["public_id"] = public_id
        self._style = style
        self._template = environment.get_template("graph.html")

    def render(self, shown: Shown, sections: Mapping[str, str]) -> str:
        """Write the page; `sections` maps slugs to names. lxml has escaped the picture."""
        return self._template.render(
            style=self._style,
            shown=shown,
            titles={node.id: node.title for node in shown.graph.nodes},
            picture=Markup(draw(shown.graph, shown.centre).decode()),
            legend=legend(),
            sections=sections,
        )


def routes(desk: Desk, page: GraphPage, lookers: anyio.CapacityLimiter) -> list[Route]:
    """Make the routes of the graph; all of them only look."""
    names = {one.slug: one.name(_language(desk)) for one in desk.editorial.sections}

    def answering(look: Callable[[Desk, str], Shown | None]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            name, _, ending = request.path_params.get("name", "").partition(".")
            if ending and ending not in _ENDINGS:
                raise HTTPException(404)

            def work() -> Response:
                shown = look(desk, name)
                if shown is None:
                    raise HTTPException(404)
                return _answer(shown, ending, page, names)

            return await anyio.to_thread.run_sync(work, limiter=lookers)

        return endpoint

    return [
        Route("/graph", answering(_week_of_all)),
        Route("/graph/{name}", answering(_week_of_all)),
        Route("/graph/article/{name}", answering(_around)),
        Route("/graph/section/{name}", answering(_week_of_section)),
    ]


def _answer(shown: Shown, ending: str, page: GraphPage, names: Mapping[str, str]) -> Response:
    if ending == "json":
        return answer({"heading": shown.heading, **as_values(shown.graph)})
    if ending == "svg":
        return Response(draw(shown.graph, shown.centre), media_type="image/svg+xml")
    return HTMLResponse(page.render(shown, names))


def _around(desk: Desk, name: str) -> Shown | None:
    number = parse_public_id(name)
    if number is None:
        return None
    with _looking(desk) as connection:
        found = graph.around(connection, number)
    title = next((node.title for node in found.nodes if node.id == number), None)
    return None if title is None else Shown(found, title, f"/graph/article/{name}", number)


def _week_of_section(desk: Desk, name: str) -> Shown | None:
    slugs = desk.descendants.get(name)
    if slugs is None:
        return None
    title = desk.editorial.section(name).name(_language(desk))
    return _week(desk, title, slugs, f"/graph/section/{name}")


def _week_of_all(desk: Desk, name: str) -> Shown | None:
    if name not in ("", "week"):
        return None
    return _week(desk, "All sections", (), "/graph/week")


def _week(desk: Desk, title: str, slugs: Sequence[str], path: str) -> Shown:
    with _looking(desk) as connection:
        found, count = graph.of_days(connection, slugs, desk.clock() - _WEEK)
    told = len(found.nodes)
    span = "the last week" if told >= count else f"the newest {told} of {count} of the last week"
    return Shown(found, f"{title}: {span}", path)


def _looking(desk: Desk) -> sa.Connection:
    return desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _language(desk: Desk) -> str:
    return desk.editorial.site.languages[0]
