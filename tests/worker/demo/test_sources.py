"""The demo's sources are such as an editor could list."""

from worker.demo.sources import sources


def test_each_publisher_is_a_source_on_the_given_origin(newsroom):
    listed = sources("http://127.0.0.1:8090")
    assert [source.name for source in listed] == [item.name for item in newsroom.publishers]
    for source, publisher in zip(listed, newsroom.publishers, strict=True):
        assert source.url == f"http://127.0.0.1:8090{publisher.feed_path}"
        assert source.home == f"http://127.0.0.1:8090/{publisher.name}/"
        assert (source.language, source.timezone) == (publisher.language, publisher.timezone)


def test_default_sections_are_sections_of_the_newsroom(newsroom):
    sections = {piece.section for piece in newsroom.pieces}
    given = {source.section for source in sources("http://127.0.0.1:8090")}
    assert given - {None} <= sections
    assert None in given
