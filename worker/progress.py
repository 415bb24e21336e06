"""What `tinwire up` shows: a live table in a terminal, plain lines otherwise."""

import time
from types import TracebackType

import sqlalchemy as sa
from rich.console import Console
from rich.live import Live
from rich.table import Table

from config.settings import Settings
from feeds.model import public_id
from feeds.pipeline.desk import Desk
from feeds.store import feeds, listing
from worker.status import Status, snapshot
from worker.supervisor import ChildDied, ChildStarted

_EVERY_S = 1.0


class Progress:
    """Says what happens while everything runs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._console = Console(highlight=False)
        self._started = time.monotonic()
        self._live: Live | None = None
        self._shown = ""
        self._next = 0.0
        self._is_ready = False

    def __enter__(self) -> "Progress":
        if self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_live()

    def _end_live(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def say(self, line: str) -> None:
        """Print a line, with the seconds since the start."""
        self._console.print(f"[{time.monotonic() - self._started:6.1f} s] {line}", markup=False)

    def child(self, event: ChildStarted | ChildDied) -> None:
        """Say that a process started or died."""
        if isinstance(event, ChildStarted):
            self.say(f"{event.name} runs (process {event.pid})")
        else:
            again = f"starting it again in {event.restart_in_s:.1f} s"
            self.say(f"{event.name} died ({event.how}); {again}; see its log in {self._logs}")

    @property
    def _logs(self) -> str:
        return str(self._settings.data_dir / "logs")

    def tick(self, desk: Desk) -> None:
        """Show how far everything is, once a second, until it is ready."""
        if time.monotonic() < self._next or self._is_ready:
            return
        self._next = time.monotonic() + _EVERY_S
        try:
            status = snapshot(desk)
        except sa.exc.OperationalError:
            self.say("the database does not answer")
            return
        if self._live is not None:
            self._live.update(_table(status))
        elif (line := _line(status)) != self._shown:
            self._shown = line
            self.say(line)

    def ready(self, desk: Desk) -> None:
        """Say that the first feeds can be fetched, and where everything is."""
        self._is_ready = True
        self._end_live()
        self.say("ready")
        for name, address in _addresses(desk):
            self._console.print(f"  {name:<14} {address}", markup=False)
        self._console.print("  Ctrl-C stops everything.", markup=False)


def _addresses(desk: Desk) -> list[tuple[str, str]]:
    settings = desk.settings
    base = settings.public_url
    with desk.engine.connect() as connection:
        keys = [one.key for one in feeds.listed(connection) if one.items]
        newest = listing.newest(connection, "all", 1, desk.descendants)
    chosen = ["all.rss"]
    for prefix, name in (
        ("section/", "atom"),
        ("author/", "json"),
        ("topic/", "json"),
        ("source/", "rss"),
    ):
        chosen += [f"{key}.{name}" for key in keys if key.startswith(prefix)][:1]
    lines = [("home", f"{base}/")]
    lines += [("feed", f"{base}/feeds/{one}") for one in chosen[:3]]
    lines += [("article", f"{base}/article/{public_id(one)}") for one in newest]
    return [*lines, ("ops", f"http://{settings.ops_host}:{settings.ops_port}/")]


def _line(status: Status) -> str:
    work = ", ".join(
        f"{one.kind} {one.waiting + one.running}"
        for one in status.work
        if one.waiting + one.running
    )
    return f"{_done(status)}; to do: {work or 'nothing'}"


def _done(status: Status) -> str:
    articles, read = status.articles.public, status.sources.ok
    return f"{articles} articles from {read} sources, {status.feeds} feeds"


def _table(status: Status) -> Table:
    table = Table(title="Tinwire", title_justify="left", pad_edge=False)
    for column in ("work", "running", "waiting", "later", "dead"):
        table.add_column(column, justify="left" if column == "work" else "right")
    for one in status.work:
        table.add_row(one.kind, *map(str, (one.running, one.waiting, one.later, one.dead)))
    table.caption = _done(status)
    return table
