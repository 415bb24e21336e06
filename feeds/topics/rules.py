"""File an article by the editors' rules: its section, its topics, and why.

Theory: a wrong section is seen by every reader of that section, a missing one only sends the
article to its source's own, so a rule decides where it is sure and otherwise abstains. The
publisher's category is surest, then the address, then the source, then phrases in title or
excerpt; more conditions are surer than fewer. A topic wants to be mentioned in the title, or
often for the length of the text: one mention in passing is no topic.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from config.editorial import Editorial, Rule, Section
from feeds.model import Filing, TopicHit
from feeds.text.normalise import match_form, match_forms
from feeds.text.tokens import Tokens
from feeds.topics.hits import TopicFinder
from feeds.topics.phrases import Phrases
from feeds.topics.subject import Subject, tokens_of

_CATEGORY, _URL, _SOURCE, _KEYWORDS = 0.95, 0.9, 0.85, 0.75  # confidence by the surest condition
OWN_SECTION = 0.5  # what is filed above it, was filed by a rule
READ_CHARS = 2000  # of the text, for its topics; holds the tokens that they read, nearly always


@lru_cache(maxsize=4096)  # publishers have few categories, and use them often
def _forms(categories: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(match_form, categories))


@dataclass(frozen=True, slots=True, eq=False)
class _Compiled:
    """A rule ready to be tried; `rank` orders rules, surest first, and ends with file order."""

    section: str
    rank: tuple[int, float, int, int]
    confidence: float
    source: str | None
    url: str | None
    category: str | None
    category_form: str | None
    keywords: Mapping[str, str]  # match form → as the editor wrote it


@dataclass(frozen=True, slots=True)
class _Evidence:
    """An article as the rules see it: phrases that stand in title or excerpt, and the rest."""

    source: str
    url: str
    categories: frozenset[str]
    phrases: tuple[str, ...]


class Filer:
    """Sections and topics compiled for filing; build it once for each version of the rules."""

    def __init__(self, editorial: Editorial) -> None:
        paths = {
            section.slug: tuple(node.slug for node in editorial.path(section.slug))
            for section in editorial.sections
        }
        self._paths: Mapping[str, tuple[str, ...]] = paths
        self.sections = frozenset(paths)
        rules = _compile_all(editorial.sections, paths)
        self._by_category: dict[str, list[_Compiled]] = {}
        self._by_keyword: dict[str, list[_Compiled]] = {}
        self._by_place: list[_Compiled] = []
        self._index(rules)
        self._phrases = Phrases(form for rule in rules for form in rule.keywords)
        self._topics = TopicFinder(editorial.topics)

    def _index(self, rules: tuple[_Compiled, ...]) -> None:
        """Put each rule where one of its conditions finds it."""
        for rule in rules:
            if rule.category_form is not None:
                self._by_category.setdefault(rule.category_form, []).append(rule)
            elif rule.keywords:
                for phrase in rule.keywords:
                    self._by_keyword.setdefault(phrase, []).append(rule)
            else:
                self._by_place.append(rule)

    def file(self, subject: Subject) -> Filing:
        """Decide one article's section and topics; see `file_all`."""
        return self.file_all([subject])[0]

    def file_all(self, subjects: Sequence[Subject]) -> list[Filing]:
        """Decide articles' sections and topics; `section` is `None` where nothing is sure."""
        return self.file_read(subjects, tokens_of(subjects, READ_CHARS))

    def file_read(self, subjects: Sequence[Subject], tokens: Tokens) -> list[Filing]:
        """Decide articles whose tokens are those that `tokens_of` gives, or `read_all`."""
        topics = self._topics.find(tokens)
        phrases = self._in_title_or_excerpt(tokens)
        return [
            self._file(subject, tuple(found), hits)
            for subject, found, hits in zip(subjects, phrases, topics, strict=True)
        ]

    def _in_title_or_excerpt(self, tokens: Tokens) -> Iterator[Iterable[str]]:
        counts = self._phrases.counts(tokens)
        for title, excerpt in zip(counts[::3], counts[1::3], strict=True):
            yield [self._phrases.forms[one] for one in dict.fromkeys([*title, *excerpt])]

    def _file(
        self, subject: Subject, phrases: tuple[str, ...], topics: tuple[TopicHit, ...]
    ) -> Filing:
        evidence = _Evidence(
            subject.source_name,
            subject.url.casefold(),
            _forms(subject.categories),
            phrases,
        )
        rule = self._winner(evidence)
        if rule is not None:
            return Filing(rule.section, _why(rule, evidence), rule.confidence, topics)
        if subject.source_section is not None:
            why = f"section of source {subject.source_name}"
            return Filing(subject.source_section, why, OWN_SECTION, topics)
        return Filing(None, "no rule matches, and the source has no section", 0.0, topics)

    def _winner(self, evidence: _Evidence) -> _Compiled | None:
        """Give the surest rule that holds, or a surest one for a section inside its section."""
        held = [rule for rule in self._candidates(evidence) if _holds(rule, evidence)]
        if not held:
            return None
        held.sort(key=lambda rule: (rule.rank[:-1], -len(_found(rule, evidence)), rule.rank[-1]))
        inside = (rule for rule in held if held[0].section in self._paths[rule.section][:-1])
        return next(inside, held[0])

    def _candidates(self, evidence: _Evidence) -> Iterator[_Compiled]:
        for name in evidence.categories:
            yield from self._by_category.get(name, ())
        by_phrase = (self._by_keyword.get(phrase, ()) for phrase in evidence.phrases)
        yield from dict.fromkeys(chain.from_iterable(by_phrase))
        yield from (rule for rule in self._by_place if (rule.url or "") in evidence.url)


def compile_rules(editorial: Editorial) -> Filer:
    """Compile the editors' sections and topics."""
    return Filer(editorial)


def _compile_all(
    sections: tuple[Section, ...], paths: Mapping[str, tuple[str, ...]]
) -> tuple[_Compiled, ...]:
    pairs = [(section.slug, rule) for section in sections for rule in section.rules]
    compiled = (
        _compile(slug, rule, len(paths[slug]), order) for order, (slug, rule) in enumerate(pairs)
    )
    # A rule without any condition would hold for everything: it says nothing, so it never holds.
    return tuple(sorted((rule for rule in compiled if rule.rank[0]), key=lambda rule: rule.rank))


def _compile(slug: str, rule: Rule, depth: int, order: int) -> _Compiled:
    given = {
        _CATEGORY: rule.category,
        _URL: rule.url,
        _SOURCE: rule.source,
        _KEYWORDS: rule.keywords,
    }
    sure = [confidence for confidence, condition in given.items() if condition]
    surest = max(sure, default=0.0)
    return _Compiled(
        section=slug,
        rank=(-len(sure), -surest, -depth, order),
        confidence=round(1 - (1 - surest) / max(1, len(sure)), 4),
        source=rule.source,
        url=rule.url.casefold() if rule.url else None,
        category=rule.category,
        category_form=match_form(rule.category) if rule.category else None,
        keywords=dict(zip(match_forms(rule.keywords), rule.keywords, strict=True)),
    )


def _holds(rule: _Compiled, evidence: _Evidence) -> bool:
    return (
        (rule.category_form is None or rule.category_form in evidence.categories)
        and (not rule.keywords or not rule.keywords.keys().isdisjoint(evidence.phrases))
        and (rule.url is None or rule.url in evidence.url)
        and (rule.source is None or rule.source == evidence.source)
    )


def _found(rule: _Compiled, evidence: _Evidence) -> list[str]:
    return [rule.keywords[form] for form in evidence.phrases if form in rule.keywords]


def _why(rule: _Compiled, evidence: _Evidence) -> str:
    found = ", ".join(_found(rule, evidence))
    parts = (
        (rule.category, f"publisher's category {rule.category!r}"),
        (rule.url, f"address with {rule.url}"),
        (rule.source, f"source {rule.source}"),
        (found, f"keywords: {found}"),
    )
    return "; ".join(text for given, text in parts if given)
