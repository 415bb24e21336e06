"""Many articles made of few: each keeps its section, and none repeats another."""

from bench.eval.learn_scale import mixed
from bench.eval.newsroom import Document


def test_texts_are_mixed_within_their_section_and_differ() -> None:
    known = [
        Document(
            f"{label}{n}", label, f"Title {n}", ". ".join(f"{label}{n}{at}" for at in range(9))
        )
        for label in ("sport", "law")
        for n in range(3)
    ]
    made = list(mixed(known, 40))
    assert len({one.guid for one in made}) == len({one.text for one in made}) == 40
    assert all(word.startswith(one.label) for one in made for word in one.text.split(". "))
