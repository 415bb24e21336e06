"""The learned model: it learns what sections are about, says why, and abstains where it can't."""

import io
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.editorial import Editorial, Rule, Section
from config.site import Site
from feeds.model import LEARNED
from feeds.text.normalise import fold
from feeds.topics.calibration import Held, fit_heat, surprise
from feeds.topics.decide import decide
from feeds.topics.model import Model, certainty, load
from feeds.topics.rules import compile_rules
from feeds.topics.subject import Subject
from feeds.topics.training import LEAST_ARTICLES, Learner

THEMES = {
    "sport": "bóng đá cầu thủ huấn luyện viên trận đấu bàn thắng đội tuyển vô địch sân cỏ",
    "economy": "ngân hàng lãi suất cổ phiếu thị trường doanh nghiệp xuất khẩu giá vàng đầu tư",
    "health": "bệnh viện bác sĩ thuốc điều trị vắc xin bệnh nhân phẫu thuật dịch bệnh",
}
COMMON = "hôm nay tại thành phố người ta cho biết rằng đã có nhiều việc được làm trong năm qua"


def subject(
    title: str = "", text: str = "", excerpt: str = "", own: str | None = None, url: str = "/a"
) -> Subject:
    return Subject("wire", own, f"https://news.example{url}", title, excerpt, text, ())


def article(section: str, seed: int, words: int = 80) -> Subject:
    rng = random.Random(f"{section} {seed}")
    pools = (THEMES[section].split(), COMMON.split())
    chosen = [rng.choice(pools[rng.random() < 0.6]) for _ in range(words)]
    return subject(" ".join(chosen[:8]), " ".join(chosen))


def learned(count: int = 40) -> Model:
    learner = Learner(expected=count * len(THEMES))
    for seed in range(count):
        learner.read([article(one, seed) for one in THEMES], list(THEMES))
    model = learner.learn()
    assert model is not None
    return model


@pytest.fixture(scope="module")
def model() -> Model:
    return learned()


@pytest.mark.parametrize("section", THEMES)
def test_an_article_that_was_not_seen_is_known(model: Model, section: str) -> None:
    (guess,) = model.guess([article(section, 1000)])
    assert guess.section == section
    assert guess.confidence > 0.8


@pytest.mark.parametrize("section", THEMES)
def test_without_diacritics_and_cut_short_it_is_known_too(model: Model, section: str) -> None:
    whole = article(section, 2000)
    bare = subject(fold(whole.title), fold(whole.text)[:150])
    assert model.guess([bare])[0].section == section


def test_the_words_that_spoke_stand_in_the_article(model: Model) -> None:
    whole = article("sport", 3000)
    (guess,) = model.guess([whole])
    assert guess.words
    written = f"{whole.title} {whole.text}".lower()
    assert all(word in written for word in guess.words)
    assert any(word in THEMES["sport"] for word in guess.words)


BAD = {
    "empty": subject(),
    "one word nobody knows": subject("Xyzzy"),
    "marks only": subject("?!", "… — …"),
    "another script": subject("新聞", "今天的新聞 " * 50),
    "a table of numbers": subject("1 2 3", "\n".join(f"{n}\t{n * n}" for n in range(2000))),
    "a lone surrogate": subject("a\ud800b", "\udfff"),
    "combining marks alone": subject("\u0301\u0301", "\u0323 \u0302"),
}


@pytest.mark.parametrize("given_", BAD.values(), ids=BAD.keys())
def test_what_says_nothing_is_left_alone(model: Model, given_: Subject) -> None:
    (filing,) = decide(_FILER, model, [given_])
    assert filing.section is None


def test_a_megabyte_in_capitals_is_read_at_its_beginning(model: Model) -> None:
    text = f"{article('health', 7).text.upper()} " * 3000
    assert len(text) > 2**20
    assert model.guess([subject(text, text)])[0].section == "health"
    assert model.guess([subject("", "a" * 2**20)])[0].confidence < 0.6


TEXTS = st.text(st.sampled_from("aăâbđeêghiklmnoôơpq rstuưvxyóòọ.-1Đ\n字\u0301"), max_size=60)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_a_batch_says_of_each_what_each_alone_says(parts: list[tuple[str, str]]) -> None:
    subjects = [subject(title, text) for title, text in parts] + [article("sport", 1)]
    together = _MODEL.guess(subjects)
    alone = [_MODEL.guess([one])[0] for one in subjects]
    assert [one.section for one in together] == [one.section for one in alone]
    assert [one.words for one in together] == [one.words for one in alone]
    assert np.allclose([o.confidence for o in together], [o.confidence for o in alone], atol=1e-3)


def test_learning_twice_from_the_same_gives_the_same_bytes() -> None:
    assert learned(25).dump() == learned(25).dump()


def test_what_was_stored_guesses_as_before(model: Model) -> None:
    asked = [article(one, 9) for one in THEMES]
    assert load(model.dump()).guess(asked) == model.guess(asked)


def test_a_version_from_before_files_as_it_did(model: Model) -> None:
    old = io.BytesIO()
    with np.load(io.BytesIO(model.dump())) as stored:
        np.savez(old, **{**stored, "heat": np.array((1.2, 0.3))})
    asked = [article(one, 9) for one in THEMES]
    found = load(old.getvalue()).guess(asked)
    assert [one.section for one in found] == [one.section for one in model.guess(asked)]
    assert all(0.5 < one.confidence < 1 for one in found)


def test_broken_bytes_are_refused() -> None:
    with pytest.raises((ValueError, OSError)):
        load(b"no model")


def test_too_few_articles_teach_nothing() -> None:
    learner = Learner(expected=100)
    count = LEAST_ARTICLES - 1
    learner.read([article("sport", seed) for seed in range(50)], ["sport"] * 50)
    learner.read([article("health", seed) for seed in range(count)], ["health"] * count)
    assert learner.learn() is None
    assert Learner(expected=0).learn() is None


def test_some_wrong_labels_do_no_harm() -> None:
    learner = Learner(expected=180)
    names = list(THEMES)
    for seed in range(60):
        wrong = seed % 10 == 0
        labels = names[1:] + names[:1] if wrong else names
        learner.read([article(one, seed) for one in names], labels)
    model = learner.learn()
    assert model is not None
    assert [one.section for one in model.guess([article(n, 500) for n in names])] == names


def test_the_temperature_makes_scores_as_sure_as_they_are_right() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 4, 3000)
    scores = rng.normal(0, 0.05, (3000, 4)).astype(np.float32)
    scores[np.arange(3000), labels] += 0.07
    held = Held(scores, np.full(3000, 100), labels)
    heat = fit_heat(held)
    moved = ((heat[0] + d, *heat[1:]) for d in (-0.5, 0.5))
    assert surprise(held, heat) < min(surprise(held, one) for one in moved)


@pytest.mark.parametrize("words", [1, 3, 10, 80])
def test_of_few_words_it_is_as_sure_as_it_is_right(words: int) -> None:
    """Of each article every second word is one of its theme, and the others are of all themes."""

    def mixed(section: str, seed: int, length: int) -> Subject:
        rng = random.Random(f"{section} {seed} {length}")
        pools = (THEMES[section].split(), " ".join(THEMES.values()).split())
        return subject(text=" ".join(rng.choice(rng.choice(pools)) for _ in range(length)))

    learner = Learner(expected=600)
    for seed in range(0, 200, 20):
        page = [(mixed(one, seed + n, 80), one) for n in range(20) for one in THEMES]
        learner.read([one for one, _ in page], [section for _, section in page])
    model = learner.learn()
    assert model is not None
    asked = [(mixed(one, seed, words), one) for seed in range(200, 400) for one in THEMES]
    guesses = model.guess([one for one, _ in asked])
    right = np.mean([one.section == own for one, (_, own) in zip(guesses, asked, strict=True)])
    assert np.mean([one.confidence for one in guesses]) == pytest.approx(right, abs=0.07)


def test_a_guess_is_as_sure_as_it_leads_the_second() -> None:
    scores = np.array([[0.5, 0.5, 0.1, 0.0], [0.5, 0.3, 0.3, 0.3], [0.5, 0.1, 0.1, 0.1]])
    even, ahead, far = certainty(scores.astype(np.float32), np.full(3, 100), (2.0, 0.1, 0.0, 0.5))
    assert even == 0.5 < ahead < far < 1


def test_a_guess_from_nothing_is_one_in_so_many_sections() -> None:
    nothing = np.zeros((1, 4), dtype=np.float32)
    assert certainty(nothing, np.zeros(1, dtype=np.int64), (2.0, 0.1, 0.0, 0.5)).tolist() == [0.25]


def _editorial() -> Editorial:
    sections = [Section(slug=slug, names={"en": slug}) for slug in THEMES]
    ruled = Section(slug="world", names={"en": "World"}, rules=(Rule(url="/world/"),))
    site = Site(title="t", description="d", blocks=())
    return Editorial(site=site, sections=(*sections, ruled), topics=(), sources=())


_FILER = compile_rules(_editorial())
_MODEL = learned(25)


def test_a_rule_goes_first(model: Model) -> None:
    whole = article("sport", 5)
    (filing,) = decide(_FILER, model, [subject(whole.title, whole.text, url="/world/1")])
    assert filing.section == "world"


def test_the_model_says_its_reason_where_no_rule_holds(model: Model) -> None:
    (filing,) = decide(_FILER, model, [article("sport", 5)])
    assert filing.section == "sport"
    assert filing.why.startswith(f"{LEARNED}, ")


def test_the_sources_own_section_stands_unless_the_model_is_surer(model: Model) -> None:
    whole = article("sport", 5)
    sure, unsure = decide(
        _FILER,
        model,
        [subject(whole.title, whole.text, own="health"), subject("Xyzzy", own="health")],
    )
    assert sure.section == "sport"
    assert (unsure.section, unsure.why) == ("health", "section of source wire")


def test_a_section_that_editors_removed_is_not_given(model: Model) -> None:
    site = Site(title="t", description="d", blocks=())
    world = Section(slug="world", names={"en": "World"})
    filer = compile_rules(Editorial(site=site, sections=(world,), topics=(), sources=()))
    assert decide(filer, model, [article("sport", 5)])[0].section is None


def test_without_a_model_rules_alone_decide() -> None:
    asked = [article("sport", 5), subject(own="health")]
    assert decide(_FILER, None, asked) == _FILER.file_all(asked)


def test_filing_a_batch_says_what_rules_and_model_say_apart(model: Model) -> None:
    asked = [article(one, seed) for seed in range(3) for one in THEMES]
    asked[1] = subject("Xyzzy", asked[1].text, url="/world/1")
    asked[2] = subject(asked[2].title, "", excerpt=asked[2].text)
    guesses = model.guess(asked)
    for filing, ruled, guess in zip(
        decide(_FILER, model, asked), _FILER.file_all(asked), guesses, strict=True
    ):
        wanted = ruled.section or guess.section
        assert (filing.section, filing.topics) == (wanted, ruled.topics)
        assert filing.confidence == (ruled.confidence if ruled.section else guess.confidence)


def test_the_longer_of_excerpt_and_text_is_read(model: Model) -> None:
    whole, other = article("sport", 5), "bệnh viện bác sĩ"
    as_text = subject(whole.title, whole.text, excerpt=other)
    as_excerpt = subject(whole.title, other, excerpt=whole.text)
    alone = subject(whole.title, whole.text)
    assert model.guess([as_text]) == model.guess([as_excerpt]) == model.guess([alone])


def test_an_excerpt_changes_nothing_of_what_a_text_teaches() -> None:
    def taught(excerpt: str) -> bytes:
        learner = Learner(expected=75)
        for seed in range(25):
            parts = [article(one, seed) for one in THEMES]
            learner.read([subject(o.title, o.text, excerpt=excerpt) for o in parts], list(THEMES))
        found = learner.learn()
        assert found is not None
        return found.dump()

    assert taught("hôm nay có một đoạn trích") == taught("")


def test_what_counts_more_is_heard_against_more() -> None:
    def section(importance: float) -> str:
        learner = Learner(expected=126)
        for seed in range(40):
            learner.read([article(one, seed) for one in THEMES], list(THEMES))
        # Six articles say that chess is about health, and three that count more that it is sport.
        chess = subject("cờ vua kỳ thủ", "ván cờ nước đi chiếu hết kỳ thủ " * 8)
        learner.read([chess] * 6, ["health"] * 6)
        learner.read([chess] * 3, ["sport"] * 3, [importance] * 3)
        model = learner.learn()
        assert model is not None
        return model.guess([chess])[0].section

    assert (section(1.0), section(5.0)) == ("health", "sport")
