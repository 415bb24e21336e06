"""Pages of lists: which one was asked for, and the ways to its neighbours."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

LAST = 40  # no reader goes further; machines have the feeds and their archives


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list, counted from 1; `keeps` are the address's other parameters."""

    page: int
    size: int
    has_more: bool
    keeps: tuple[tuple[str, str], ...] = ()

    @property
    def before(self) -> str | None:
        """Give the way to the page of newer articles."""
        return self.address(self.page - 1) if self.page > 1 else None

    @property
    def after(self) -> str | None:
        """Give the way to the page of older articles."""
        return self.address(self.page + 1) if self.has_more and self.page < LAST else None

    def address(self, page: int) -> str:
        """Give the address of a page of the same list, without the path."""
        number = (("page", str(page)),) if page > 1 else ()
        return "?" + urlencode((*self.keeps, *number))


def asked_page(request: Request) -> int | None:
    """Read which page is asked for; `None` when there can be no such page."""
    text = request.query_params.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        return None
    return int(text) if 1 <= int(text) <= LAST else None


def kept(request: Request, *names: str) -> tuple[tuple[str, str], ...]:
    """Keep some of an address's parameters, where they are given."""
    asked = request.query_params
    return tuple((name, asked[name]) for name in names if name in asked)
