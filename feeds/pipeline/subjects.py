"""Subjects: stored articles as filing looks at them, for going over them and for learning."""

from feeds.store.filing import Filed
from feeds.store.models import Example
from feeds.topics.subject import Subject


def subject_of(one: Filed | Example) -> Subject:
    """Give filing what it needs to know of a stored article."""
    return Subject(
        source_name=one.source_name,
        source_section=one.source_section,
        url=one.url,
        title=one.title,
        excerpt=one.excerpt,
        text=one.text,
        categories=one.categories,
    )
