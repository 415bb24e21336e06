"""A seeded corpus of Vietnamese news: the same seed gives the same articles, letter by letter.

Theory: what makes news costly is not its volume but its likeness. Papers print each other's
articles with small edits (`REPRINTED`, 3 in 100: to be found as duplicates), and tell the same
event in their own words (`RETOLD`, 1 in 100: to be related, never merged). All else shares a
theme, names and stock openings at most.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from html import escape
from itertools import accumulate
from random import Random

from bench.vocabulary import Theme, Vocabulary, load_vocabulary

REPRINTED_SHARE, RETOLD_SHARE = 0.03, 0.01
EDITED_SYLLABLES = 0.02
_OWN = 0.35
_RARE = 8  # words of a story that hardly any other has
SPAN = timedelta(days=3)
AUTHORS = 200
FIGURE_SHARE = 0.3
NEWEST = datetime(2026, 1, 15, 8, tzinfo=UTC)


class Kind(StrEnum):
    """How an article came to be."""

    ORIGINAL = "original"
    REPRINTED = "reprinted"
    RETOLD = "retold"


@dataclass(frozen=True, slots=True)
class Story:
    """What happened: the words, names and numbers that every telling of it uses."""

    theme: Theme
    person: str
    place: str
    organisation: str
    terms: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """One entry of a feed; `model` is the number of the article that it reprints or retells."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    caption: str | None
    author: str
    category: str
    published: datetime
    link: str
    kind: Kind = Kind.ORIGINAL
    model: int | None = None

    def html(self) -> str:
        """Give the body as publishers write it, now and then with a figure."""
        parts = [f"<p>{escape(text, quote=False)}</p>" for text in self.paragraphs]
        if self.caption is not None:
            image = f'<img src="{self.link}.jpg" alt="{escape(self.caption)}" width="680">'
            note = f"<figcaption>{escape(self.caption, quote=False)}</figcaption>"
            parts.insert(1, f"<figure>{image}{note}</figure>")
        return "\n".join(parts)


@dataclass(frozen=True)
class Corpus:
    """Feeds of `entries` articles each; any article can be asked for alone, in any order.

    `body_bytes` is the mean size of a body as HTML in UTF-8, `origin` the server's address
    without a slash, `newest` the time that no article is younger than.
    """

    sources: int
    entries: int
    seed: int
    body_bytes: int = 2000
    origin: str = "http://127.0.0.1:8080"
    newest: datetime = NEWEST
    words: Vocabulary = field(default_factory=load_vocabulary, repr=False)

    def articles(self, source: int) -> list[Article]:
        """List a source's articles, newest first."""
        articles = (self.article(source, index) for index in range(self.entries))
        return sorted(articles, key=lambda article: (article.published, article.number))[::-1]

    def article(self, source: int, index: int) -> Article:
        """Write one article; `index` 0 is the newest of its source."""
        kind = self._kind(source, index)
        if kind is Kind.ORIGINAL:
            return self._original(source, index)
        rng = self._rng("copy", source, index)
        own = self._original(source, index)
        model_at = self._pick_original(rng, source)
        model = self._original(*model_at)
        delay = timedelta(minutes=rng.randint(5, 300))
        dated = replace(
            own,
            published=min(model.published + delay, self.newest),
            category=model.category,
            kind=kind,
            model=model.number,
        )
        if kind is Kind.RETOLD:
            return self._retell(rng, dated, self._story(*model_at))
        return self._reprint(rng, dated, model, self.title(source))

    def title(self, source: int) -> str:
        """Name a source."""
        return f"{self.words.papers[source % len(self.words.papers)]} {source}"

    def _rng(self, purpose: str, source: int, index: int) -> Random:
        return Random(f"{self.seed}/{purpose}/{source}/{index}")

    def _kind(self, source: int, index: int) -> Kind:
        draw = self._rng("kind", source, index).random()
        if self.sources < 2 or draw >= REPRINTED_SHARE + RETOLD_SHARE:
            return Kind.ORIGINAL
        return Kind.REPRINTED if draw < REPRINTED_SHARE else Kind.RETOLD

    def _pick_original(self, rng: Random, other_than: int) -> tuple[int, int]:
        while True:
            source, index = rng.randrange(self.sources), rng.randrange(self.entries)
            if source != other_than and self._kind(source, index) is Kind.ORIGINAL:
                return source, index

    def _story(self, source: int, index: int) -> Story:
        rng = self._rng("story", source, index)
        theme = rng.choice(self.words.themes)
        numbers = (str(rng.randint(2, 999)), f"{rng.randint(1, 99)},{rng.randint(1, 9)}%")
        return Story(
            theme=theme,
            person=_skewed(rng, self.words.people),
            place=_skewed(rng, self.words.places),
            organisation=_skewed(rng, self.words.organisations),
            terms=(
                *rng.sample(theme.words, 4),
                *rng.sample(self.words.general[150:], 4),
                *(_skewed(rng, self.words.rare) for _ in range(_RARE)),
            ),
            numbers=(*numbers, f"{rng.randint(1, 28)}/{rng.randint(1, 12)}"),
        )

    def _original(self, source: int, index: int) -> Article:
        rng = self._rng("text", source, index)
        story = self._story(source, index)
        number = source * self.entries + index
        author = (source * 7 + rng.randrange(6)) % AUTHORS
        return Article(
            number=number,
            title=_title(rng, story),
            paragraphs=tuple(self._paragraphs(rng, story)),
            caption=_caption(rng, story) if rng.random() < FIGURE_SHARE else None,
            author=self.words.people[author],
            category=story.theme.section,
            published=(self.newest - SPAN * ((index + rng.random()) / self.entries)).replace(
                microsecond=0
            ),
            link=f"{self.origin}/a{number}",
        )

    def _retell(self, rng: Random, own: Article, story: Story) -> Article:
        paragraphs = tuple(self._paragraphs(rng, story))
        return replace(own, title=_title(rng, story), paragraphs=paragraphs, caption=None)

    def _reprint(self, rng: Random, own: Article, model: Article, paper: str) -> Article:
        paragraphs = [self._edit(rng, text) for text in model.paragraphs]
        if len(paragraphs) > 4 and rng.random() < 0.3:
            paragraphs.pop()
        paragraphs[0] = f"({paper}) - {paragraphs[0]}"
        title = model.title if rng.random() < 0.5 else self._edit(rng, model.title)
        return replace(own, title=title, paragraphs=tuple(paragraphs), caption=model.caption)

    def _edit(self, rng: Random, text: str) -> str:
        general = self.words.general
        return " ".join(
            rng.choice(general) if rng.random() < EDITED_SYLLABLES else syllable
            for syllable in text.split(" ")
        )

    def _paragraphs(self, rng: Random, story: Story) -> Iterator[str]:
        """Write paragraphs until the body has its size."""
        pool, weights = _pool(story)
        # A body ends after the paragraph that passes its target: half a paragraph too late.
        left = self.body_bytes * rng.uniform(0.7, 1.3) - 190
        while left > 0:
            opening = rng.choice(self.words.openings).format(
                person=story.person, place=story.place, organisation=story.organisation
            )
            sentences = [
                _clause(rng.choices(pool, cum_weights=weights, k=rng.randint(8, 22)))
                for _ in range(rng.randint(2, 4))
            ]
            text = " ".join([f"{opening} {sentences[0]}", *map(_capitalised, sentences[1:])])
            left -= len(text.encode()) + len("<p></p>\n")
            yield text


def _skewed(rng: Random, words: Sequence[str]) -> str:
    """Choose a word, the n-th most common about as often as 1/n says."""
    return words[int(len(words) ** rng.random()) - 1]


def _pool(story: Story) -> tuple[list[str], list[float]]:
    """Give a telling's words with cumulative weights: 1 for all words, `_OWN` for its own."""
    own = [*story.terms, story.person, story.place, story.organisation, *story.numbers]
    weights = accumulate([_OWN / len(own)] * len(own), initial=story.theme.weights[-1])
    next(weights)
    return [*story.theme.pool, *own], [*story.theme.weights, *weights]


def _clause(words: list[str]) -> str:
    if len(words) > 14:
        words[len(words) // 2] += ","
    return " ".join(words) + "."


def _title(rng: Random, story: Story) -> str:
    names = (story.person, story.place, story.organisation)
    words = [*rng.sample(story.terms, rng.randint(3, 5)), rng.choice(names)]
    words += rng.choices(story.theme.pool, cum_weights=story.theme.weights, k=2)
    rng.shuffle(words)
    return _capitalised(" ".join(words))


def _caption(rng: Random, story: Story) -> str:
    scene = _capitalised(" ".join(rng.sample(story.terms, 4)))
    return f"{scene} tại {story.place}. Ảnh: {story.person}"


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]
