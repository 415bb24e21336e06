"""Learn: make a model of sections from what is stored, and file anew what it changes.

What is learned from are the sections that people put articles into, that rules give, and that
sources have for all they write, never what a model chose, so that no mistake feeds on itself. A
person's word counts as often as `BY_HAND` others: editors move what was filed wrongly, so each
move speaks for many articles like it. Comes back once a day, and learns when a tenth of what it
learned from came in anew, a person's word counting as much there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.pipeline.subjects import subject_of
from feeds.store import models, reindexes, work
from feeds.store.models import Example
from feeds.store.reindexes import Scope
from feeds.topics.subject import Subject
from feeds.topics.training import LEAST_ARTICLES, Learner

KEY = "sections"
MOST_ARTICLES = 50_000
BY_HAND = 5
_EVERY = timedelta(days=1)
_LEAST_NEW = 200


@dataclass(frozen=True, slots=True)
class Lesson:
    """What learning came to; `version` is `None` where nothing was learned, and `why` says it."""

    version: int | None
    articles: int
    sections: int
    why: str


def learn(desk: Desk, claimed: work.Claim) -> int:
    """Learn if enough is new, and come back in a day; returns articles learned from."""
    with desk.engine.connect() as connection:
        due = is_due(connection)
    lesson = learn_sections(desk) if due else None
    with desk.engine.begin() as connection:
        later = dict.fromkeys(claimed.keys, desk.clock() + _EVERY)
        work.again(connection, claimed, later)
    return lesson.articles if lesson else 0


def is_due(connection: sa.Connection) -> bool:
    """Tell whether enough articles came in, or were moved, since the last version was made."""
    kept = models.versions(connection)
    least = max(_LEAST_NEW, kept[0].articles // 10) if kept else _LEAST_NEW
    since = kept[0].made_at if kept else None
    moved = models.count_placed_since(connection, since, least)
    return models.count_since(connection, since, least) + BY_HAND * moved >= least


def learn_sections(desk: Desk) -> Lesson:
    """Learn from the newest stored articles, make that the active version, and file anew.

    Two that learn at once make two versions, of which the later one stays active.
    """
    now = desk.clock()
    with desk.engine.connect() as connection:
        expected = models.count_since(connection, None, MOST_ARTICLES)
        learner = Learner(expected)
        for page in models.examples(connection, MOST_ARTICLES, learner.chars):
            learner.read(*_labelled(desk, page))
    model = learner.learn()
    if model is None:
        why = (
            f"two sections with {LEAST_ARTICLES} articles each are needed, filed by rule or source"
        )
        return Lesson(None, learner.articles, 0, f"nothing learned: {why}")
    notes = f"{len(model.sections)} sections from {learner.articles} articles"
    with desk.engine.begin() as connection:
        version = models.add(connection, model.dump(), learner.articles, notes, now)
        reindexes.create(connection, Scope(), "refile", now)
    return Lesson(version, learner.articles, len(model.sections), f"version {version}: {notes}")


def _labelled(desk: Desk, page: Sequence[Example]) -> tuple[list[Subject], list[str], list[float]]:
    """File by people, rules and sources alone; leaves out what none of them knows.

    Gives articles, their sections, and how much each counts.
    """
    subjects = [subject_of(one) for one in page]
    labelled = []
    filings = desk.filer.file_all(subjects)
    for one, subject, filing in zip(page, subjects, filings, strict=True):
        if one.placed in desk.filer.sections:  # a section may be gone since
            labelled.append((subject, one.placed, float(BY_HAND)))
        elif filing.section is not None:
            labelled.append((subject, filing.section, 1.0))
    return (
        [subject for subject, _, _ in labelled],
        [section for _, section, _ in labelled],
        [importance for _, _, importance in labelled],
    )
