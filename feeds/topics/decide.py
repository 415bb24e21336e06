"""Rules first, then what was learned, then the source's own section: one decision an article.

Theory: a wrong section is seen by every reader of that section. So the model decides where no rule
does and where it is sure; against the section that a source has for all it writes it must be surer
than where nothing else is known.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from feeds.model import LEARNED, Filing
from feeds.topics.model import Guess, Model
from feeds.topics.rules import OWN_SECTION, READ_CHARS, Filer
from feeds.topics.subject import Subject, read_all

SURE = 0.6
SURE_AGAINST_SOURCE = 0.85


def decide(filer: Filer, model: Model | None, subjects: Sequence[Subject]) -> list[Filing]:
    """File articles; without a model by rules alone."""
    if model is None:
        return filer.file_all(subjects)
    reading = read_all(subjects, max(READ_CHARS, model.chars))
    filings = filer.file_read(subjects, reading.tokens())
    open_ = np.array([not is_ruled(filing) for filing in filings], dtype=np.bool_)
    guesses = model.guess_read(reading, open_)
    for at, guess in zip(np.flatnonzero(open_).tolist(), guesses, strict=True):
        filings[at] = _weigh(filer, filings[at], guess)
    return filings


def is_ruled(filing: Filing) -> bool:
    """Tell whether a rule chose the section."""
    return filing.confidence > OWN_SECTION


def _weigh(filer: Filer, filing: Filing, guess: Guess) -> Filing:
    """Take the learned section where it is sure enough, and the source's own otherwise.

    A section that editors removed since is no section.
    """
    least = SURE if filing.section is None else SURE_AGAINST_SOURCE
    useless = guess.section not in filer.sections or guess.section == filing.section
    if useless or guess.confidence < least:
        return filing
    why = f"{LEARNED}, {guess.confidence:.0%} sure: {', '.join(guess.words)}"
    return replace(filing, section=guess.section, why=why, confidence=guess.confidence)
