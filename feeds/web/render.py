"""Pages from templates, where everything is escaped but the article's HTML (see `body`)."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from feeds.model import Teaser, public_id
from feeds.publish.head import page_path
from feeds.text.excerpt import excerpt
from feeds.text.language import guess
from feeds.web import headers
from feeds.web.dates import long_date, rfc3339, short_date
from feeds.web.front import Front, front_of
from feeds.web.messages import CATALOGUE
from feeds.web.paging import kept
from feeds.web.respond import refuse, respond

PAGE_VARY = "Accept-Encoding, Accept-Language"
FORMATS = {"rss": "RSS", "atom": "Atom", "json": "JSON"}


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    background: BackgroundTask | None = None,
) -> Response:
    """Answer with a page in the reader's language."""
    return respond(
        request,
        render(request, template, values),
        headers.HTML,
        headers.PAGE_POLICY,
        vary=PAGE_VARY,
        background=background,
    )


def refusal(request: Request, template: str, status: int, values: Mapping[str, Any]) -> Response:
    """Answer with a page that says why there is nothing to see."""
    body = render(request, template, values)
    return refuse(body, headers.HTML, status, {**headers.PAGE_POLICY, "Vary": PAGE_VARY})


def render(request: Request, template: str, values: Mapping[str, Any]) -> bytes:
    """Write a page in the reader's language."""
    front = front_of(request)
    language = front.language(request)
    given = {
        "feed_key": "all",
        "path": request.url.path,
        "other_language": partial(_in_language, request),
        **values,
    }
    return write(front, template, language, request.query_params.get("lang"), given)


def _in_language(request: Request, language: str) -> str:
    """Give the address of the same page in another language."""
    return "?" + urlencode((*kept(request, "q", "page"), ("lang", language)))


def write(
    front: Front, template: str, language: str, asked: str | None, values: Mapping[str, Any]
) -> bytes:
    """Write a page in a language; links keep it when the address `asked` for one."""
    shared = {
        "t": CATALOGUE[language],
        "lang": language,
        "kept": f"?lang={language}" if asked == language else "",
        "site": front.editorial.site,
        "roots": front.roots,
        "base_url": front.base_url,
        "asset": front.assets.url,
        "long_date": partial(long_date, language=language),
        "short_date": partial(short_date, language=language),
    }
    return _environment().get_template(template).render({**shared, **values}).encode()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    made.globals |= {"formats": FORMATS, "feed_path": feed_path}
    made.filters |= {
        "public_id": public_id,
        "cut": excerpt,
        "iso": _iso,
        "tongue": _tongue,
        "page_path": page_path,
        "path": _path,
        "web": web_address,
    }
    return made


def feed_path(key: str, fmt: str) -> str:
    """Give the path of a feed."""
    return f"/feeds/{_path(key)}.{fmt}"


def web_address(url: str | None) -> str:
    """Let only web addresses into links and pictures; nothing of any other kind."""
    return url if url and url.startswith(("https://", "http://")) else ""


def _path(key: str) -> str:
    return quote(key, safe="/")


def _iso(moment: datetime) -> str:
    return rfc3339(moment)


def _tongue(teaser: Teaser) -> str:
    """Name the language of a teaser, which only its words tell."""
    return guess(f"{teaser.title} {teaser.excerpt}")
