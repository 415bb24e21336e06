"""An article's topics: title before text, density before length, and a reason for each."""

from hypothesis import given
from hypothesis import strategies as st

from config.editorial import Topic
from feeds.model import TopicHit
from feeds.text.reading import read
from feeds.topics.hits import LEAST_CONFIDENCE, TopicFinder

FINDER = TopicFinder(
    [
        Topic(
            slug="children", names={"en": "c"}, keywords=("trẻ em", "lao động trẻ em", "Children")
        ),
        Topic(slug="labour", names={"en": "l"}, keywords=("lao động trẻ em", "việc làm")),
        Topic(slug="law", names={"en": "w"}, keywords=("giáo dục pháp luật",)),
        Topic(slug="school", names={"en": "s"}, keywords=("giáo dục", "hoà nhập", "hòa nhập")),
    ]
)
FILLER = "một hai ba bốn năm sáu bảy tám chín mười "


def find(title: str, body: str = "") -> tuple[TopicHit, ...]:
    return FINDER.find(read([title, "", body]).tokens(), most=400)[0]


def topics(title: str, body: str = "") -> dict[str, float]:
    return {hit.slug: hit.confidence for hit in find(title, body)}


def test_a_topic_says_how_often_and_where_its_phrases_stand() -> None:
    (hit,) = find("Vì trẻ em", "Trẻ em, TRẺ EM và children")
    assert hit.why == "trẻ em ×3, in the title; Children ×1"


def test_a_phrase_may_belong_to_several_topics() -> None:
    assert topics("Chấm dứt lao động trẻ em").keys() == {"children", "labour"}


def test_a_phrase_inside_a_longer_one_is_not_found() -> None:
    assert topics("Phổ biến giáo dục pháp luật").keys() == {"law"}


def test_one_mention_in_a_long_text_is_no_topic() -> None:
    assert topics("Tin", "trẻ em " + FILLER * 40) == {}


def test_many_mentions_in_a_long_text_are_one() -> None:
    assert topics("Tin", "trẻ em được đi học " * 12 + FILLER * 10).keys() == {"children"}


def test_the_title_weighs_more_than_the_text() -> None:
    assert topics("Vì trẻ em", "Tin")["children"] > topics("Tin", "Vì trẻ em")["children"]


def test_two_spellings_of_a_phrase_count_once() -> None:
    assert topics("Hòa nhập") == topics("Hoà nhập") == topics("Giáo dục") | topics("Hoà nhập")


def test_an_article_without_phrases_has_no_topics() -> None:
    assert topics("Trời đẹp", FILLER) == {}


WORDS = st.lists(
    st.sampled_from(
        [
            "trẻ",
            "em",
            "lao",
            "động",
            "việc",
            "làm",
            "giáo",
            "dục",
            "pháp",
            "luật",
            "children",
            "tin",
        ]
    ),
    max_size=60,
).map(" ".join)


@given(WORDS, WORDS)
def test_confidence_lies_between_the_threshold_and_1_and_falls_along_the_list(
    title: str, body: str
) -> None:
    confidences = [hit.confidence for hit in find(title, body)]
    assert all(LEAST_CONFIDENCE <= confidence <= 1 for confidence in confidences)
    assert confidences == sorted(confidences, reverse=True)


@given(WORDS, WORDS)
def test_another_mention_never_lowers_a_topic(title: str, body: str) -> None:
    before = topics(title, body).get("labour", 0.0)
    assert topics(title + " . việc làm", body).get("labour", 0.0) >= before
