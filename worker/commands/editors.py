"""`tinwire edit …`: what editors decide, and machines keep to."""

from typing import Annotated

import typer

from worker import editors, pairs, runtime
from worker.commands import show
from worker.decided import Done

app = typer.Typer(no_args_is_help=True)

_ACTOR = "cli"
Article = Annotated[str, typer.Argument(help="An article's id or address.")]
Other = Annotated[str, typer.Argument(help="The other article's id or address.")]
OtherOrAll = Annotated[
    str | None, typer.Argument(help="The other article's id or address; all when left out.")
]
OtherOrAny = Annotated[
    str | None, typer.Argument(help="The other article's id or address; any when left out.")
]
Kind = Annotated[str, typer.Option(help="duplicate or story.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept and audited.")]
Auto = Annotated[bool, typer.Option("--auto", help="Leave it to the rules again.")]


@app.command()
def section(
    article: Article,
    why: Why,
    slug: Annotated[str | None, typer.Argument(help="The section.")] = None,
    auto: Auto = False,
    as_json: show.Json = False,
) -> None:
    """Put an article into a section."""
    if (slug is None) != auto:
        raise ValueError("name a section, or --auto to leave it to the rules")
    _tell(editors.move(runtime.desk(), article, slug, why, _ACTOR), as_json)


@app.command()
def topic(
    article: Article,
    slug: Annotated[str, typer.Argument(help="The topic.")],
    why: Why,
    remove: Annotated[bool, typer.Option("--remove", help="Take the topic away.")] = False,
    auto: Auto = False,
    as_json: show.Json = False,
) -> None:
    """Give an article a topic, or take one away."""
    if remove and auto:
        raise ValueError("say --remove or --auto, not both")
    holds = None if auto else not remove
    _tell(editors.tag(runtime.desk(), article, slug, holds, why, _ACTOR), as_json)


@app.command()
def pin(
    article: Article,
    why: Why,
    position: Annotated[int, typer.Option(min=0, max=10_000, help="Smaller stands first.")] = 0,
    remove: Annotated[bool, typer.Option("--remove", help="Take the pin away.")] = False,
    as_json: show.Json = False,
) -> None:
    """Feature an article on every page."""
    at = None if remove else position
    _tell(editors.pin(runtime.desk(), article, at, why, _ACTOR), as_json)


@app.command()
def split(
    article: Article,
    why: Why,
    other: OtherOrAll = None,
    kind: Kind = "duplicate",
    as_json: show.Json = False,
) -> None:
    """Keep an article apart from another, or from all that stand in its group."""
    _tell(pairs.split(runtime.desk(), article, other, kind, why, _ACTOR), as_json)


@app.command()
def merge(
    article: Article, other: Other, why: Why, kind: Kind = "duplicate", as_json: show.Json = False
) -> None:
    """Put two articles into one group of duplicates, or one story."""
    _tell(pairs.merge(runtime.desk(), article, other, kind, why, _ACTOR), as_json)


@app.command()
def undo(
    article: Article,
    why: Why,
    other: OtherOrAny = None,
    kind: Kind = "duplicate",
    decision: Annotated[
        int | None, typer.Option(help="Only the decision of this number, if it is the newest.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Take back the newest split or merge of an article, or of it and another one."""
    done = pairs.undo(runtime.desk(), article, other, kind, why, _ACTOR, decision)
    _tell(done, as_json)


def _tell(done: Done, as_json: bool) -> None:
    if as_json:
        outcome = {done.action: list(done.articles), "changed": done.changed}
        more = {"undone": list(done.undone), "restored": list(done.restored)}
        show.print_json({**outcome, **more, "left_out": done.left_out, "decision": done.decision})
        return
    by = "" if done.decision is None else f" (decision {done.decision})"
    nothing = "nothing was taken back" if done.action == "undone" else "it was so already"
    typer.echo(f"{done.action}: {', '.join(done.articles)}{by}" if done.changed else nothing)
    for line in done.undone:
        typer.echo(f"taken back: {line}")
    for line in done.restored:
        typer.echo(f"holds again: {line}")
    if done.left_out:
        most = pairs.MOST_MEMBERS
        typer.echo(f"{done.left_out} pairs were left out: a decision names at most {most}")
