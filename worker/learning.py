"""Learning as ops ask for it: sections, and how common words are; by command or Celery call."""

from feeds.pipeline.desk import Desk
from feeds.pipeline.fit import fit
from feeds.pipeline.learn import Lesson, learn_sections
from feeds.store import tokens


def learn_now(desk: Desk, actor: str) -> Lesson:
    """Learn in this process, and note who asked."""
    lesson = learn_sections(desk)
    with desk.engine.begin() as connection:
        detail = {"version": lesson.version, "articles": lesson.articles}
        tokens.note(connection, actor, "learn", detail, desk.clock())
    return lesson


def fit_now(desk: Desk, actor: str) -> int | None:
    """Count words over the store in this process, and note who asked; returns the new version.

    `None` where there are too few articles to count over.
    """
    version = fit(desk)
    with desk.engine.begin() as connection:
        tokens.note(connection, actor, "fit", {"version": version}, desk.clock())
    return version
