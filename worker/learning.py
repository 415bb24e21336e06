"""Learning sections as ops ask for it, by the command line or by a plain Celery call."""

from feeds.pipeline.desk import Desk
from feeds.pipeline.learn import Lesson, learn_sections
from feeds.store import tokens


def learn_now(desk: Desk, actor: str) -> Lesson:
    """Learn in this process, and note who asked."""
    lesson = learn_sections(desk)
    with desk.engine.begin() as connection:
        detail = {"version": lesson.version, "articles": lesson.articles}
        tokens.note(connection, actor, "learn", detail, desk.clock())
    return lesson
