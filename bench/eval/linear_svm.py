"""The plain method that sections are compared with: tf-idf of syllables and pairs, linear SVM."""

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from bench.eval.newsroom import Document


def baseline(known: Sequence[Document], asked: Sequence[Document]) -> list[tuple[str, str]]:
    """Learn from one list and guess the other; gives label and guess of each."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=r"\w+")
    learned = make_pipeline(words, LinearSVC()).fit(_texts(known), [one.label for one in known])
    guesses = learned.predict(_texts(asked)).tolist()
    return [(one.label, guess) for one, guess in zip(asked, guesses, strict=True)]


def _texts(documents: Sequence[Document]) -> list[str]:
    return [f"{one.title}\n{one.text}" for one in documents]
