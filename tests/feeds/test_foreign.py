from feeds.foreign import NO_EXTRAS, NO_IMPRINT, Category, Enclosure, Extras, Imprint, Person


def test_what_says_the_same_is_the_same() -> None:
    for make in (
        lambda: Person("An", "a@bao.vn", "https://bao.vn/an"),
        lambda: Category("kinh-te", "https://bao.vn/muc", "Kinh tế"),
        lambda: Enclosure("https://bao.vn/1.mp3", "audio/mpeg", 42),
        lambda: Extras(subtitle="x"),
        lambda: Imprint(id="x"),
    ):
        assert make() == make()
        assert len({make(), make()}) == 1


def test_nothing_said_is_empty() -> None:
    assert Extras() == NO_EXTRAS
    assert Imprint() == NO_IMPRINT
