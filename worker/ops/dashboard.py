"""The page: what is wrong in one big line, then the figures behind it.

Reading it needs no token, as ops listens on an interface of its own (127.0.0.1 unless it is told
otherwise). So it takes no action, and shows no secret: addresses lose their query, in which some
publishers and operators put keys. Whoever needs the whole text asks /api/v1/status with a token.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import jinja2

from worker.status import Finding, Level, Status
from worker.words import span, times

REFRESH_S = 5
# Up to the punctuation of the sentence that the address stands in.
_QUERY = re.compile(r"(https?://[^\s?#'\"<>]*)[?#][^\s'\"<>]*?(?=[:,.;)]*(?:['\"<>\s]|$))")
_HERE = Path(__file__).parent


class Page:
    """The template and its style, loaded once; `style_source` names the style in the CSP."""

    def __init__(self) -> None:
        self.style = (_HERE / "dashboard.css").read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()
        self.style_source = f"'sha256-{digest}'"
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["span"] = span
        environment.filters["times"] = times
        environment.filters["without_queries"] = without_queries
        environment.filters["grouped"] = "{:,}".format
        self._template = environment.get_template("dashboard.html")

    def render(self, status: Status | None, refreshes: bool = True) -> str:
        """Write the page; `None` when the database did not answer."""
        findings = _DATABASE_GONE if status is None else status.findings()
        return self._template.render(
            style=self.style,
            status=status,
            findings=findings,
            level=findings[0].level.value if findings else "well",
            refresh_s=REFRESH_S if refreshes else None,
            ago=_ago_from(status.at) if status else None,
        )


_DATABASE_GONE = [
    Finding(
        Level.BAD,
        "the database does not answer",
        "start it; what was accepted is not lost, and nothing more is accepted until then",
    )
]


def without_queries(text: str) -> str:
    """Cut the query and fragment from every address in a text."""
    return _QUERY.sub(r"\1?…", text)


def _ago_from(now: datetime) -> Callable[[datetime], str]:
    return lambda moment: f"{span((now - moment).total_seconds())} ago"
