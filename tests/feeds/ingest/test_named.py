from feeds.foreign import Category, Person
from feeds.ingest.named import names_of, nearest, people_of, terms_of

AN, MAIL, NOBODY = Person("An", "a@bao.vn"), Person("", "b@bao.vn"), Person("")


def test_names_are_listed_once_and_a_label_stands_in_for_a_term() -> None:
    assert names_of((AN, MAIL, Person("An"))) == ("An",)
    assert names_of((Category("a", "s"), Category("", "", "B"), Category("a"))) == ("a", "B")
    assert names_of(()) == ()


def test_the_nearest_level_that_names_somebody_counts() -> None:
    assert nearest([(MAIL,), (AN,)]) == (AN,)
    assert nearest([(), (MAIL,)]) == (MAIL,)
    assert nearest([(), ()]) == ()


def test_who_has_neither_name_nor_address_is_nobody() -> None:
    assert people_of([NOBODY, AN, AN, MAIL]) == (AN, MAIL)


def test_a_scheme_alone_is_no_category() -> None:
    assert terms_of([Category("", "s"), Category("a", "s"), Category("a", "s")]) == (
        Category("a", "s"),
    )
