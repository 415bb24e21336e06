from bench.corpus import NEWEST, SPAN, Article, Corpus, Kind


def all_articles(corpus: Corpus) -> list[Article]:
    return [article for source in range(corpus.sources) for article in corpus.articles(source)]


def shingles(article: Article) -> set[tuple[str, ...]]:
    words = " ".join(article.paragraphs).lower().split()
    return set(zip(words, words[1:], words[2:], strict=False))


def overlap(left: Article, right: Article) -> float:
    return len(shingles(left) & shingles(right)) / len(shingles(left) | shingles(right))


def test_same_seed_gives_the_same_articles_in_any_order_of_asking() -> None:
    forwards = [Corpus(4, 5, 7).article(source, at) for source in range(4) for at in range(5)]
    backwards = [
        Corpus(4, 5, 7).article(source, at) for source in (3, 2, 1, 0) for at in (4, 3, 2, 1, 0)
    ]
    assert forwards == backwards[::-1]


def test_another_seed_gives_other_articles() -> None:
    assert Corpus(2, 3, 1).articles(0) != Corpus(2, 3, 2).articles(0)


def test_text_of_a_seed_never_changes() -> None:
    article = Corpus(3, 4, 42).article(2, 1)
    assert (article.title, article.author, article.published.isoformat()) == FIXED


def test_links_and_numbers_are_unique() -> None:
    articles = all_articles(Corpus(20, 10, 1))
    assert len({article.link for article in articles}) == 200
    assert {article.number for article in articles} == set(range(200))


def test_articles_are_of_the_last_three_days_and_newest_first() -> None:
    corpus = Corpus(10, 10, 1)
    for source in range(10):
        dates = [article.published for article in corpus.articles(source)]
        assert dates == sorted(dates, reverse=True)
        assert dates[0] <= NEWEST
        assert dates[-1] >= NEWEST - SPAN


def test_bodies_have_the_size_asked_for() -> None:
    articles = all_articles(Corpus(20, 10, 1, body_bytes=2000))
    mean = sum(len(article.html().encode()) for article in articles) / len(articles)
    assert 1800 < mean < 2300


def test_three_in_a_hundred_are_reprints_and_one_is_a_retelling() -> None:
    kinds = [article.kind for article in all_articles(Corpus(100, 30, 1))]
    assert 0.02 < kinds.count(Kind.REPRINTED) / len(kinds) < 0.04
    assert 0.005 < kinds.count(Kind.RETOLD) / len(kinds) < 0.015


def test_reprints_are_near_copies_and_retellings_share_only_the_story() -> None:
    articles = all_articles(Corpus(60, 20, 1))
    by_number = {article.number: article for article in articles}
    for article in articles:
        if article.model is None:
            continue
        model = by_number[article.model]
        assert model.kind is Kind.ORIGINAL
        assert model.number // 20 != article.number // 20
        if article.kind is Kind.REPRINTED:
            assert overlap(article, model) > 0.5
        else:
            assert overlap(article, model) < 0.1
            assert article.category == model.category


def test_originals_are_no_near_copies_of_each_other() -> None:
    articles = [a for a in all_articles(Corpus(10, 10, 1)) if a.kind is Kind.ORIGINAL]
    assert max(overlap(a, b) for a in articles for b in articles if a.number < b.number) < 0.1


def test_a_single_source_has_nobody_to_copy_from() -> None:
    assert {article.kind for article in Corpus(1, 200, 1).articles(0)} == {Kind.ORIGINAL}


FIXED = (
    "Người trông lướng phưngviên đơi pheo phemnhơi Lê Thùy Quân",
    "Bùi Thị Bình",
    "2026-01-13T23:04:50+00:00",
)
