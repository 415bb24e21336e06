"""Links: what goes with a feed wherever it is sent."""

from feeds.publish.links import feed_links


def test_hubs_come_first_and_the_feed_names_itself() -> None:
    """W3C WebSub §4: at least one hub, and exactly one self."""
    found = feed_links(
        "https://a.example", ("https://a.example/hub", "https://h.example/"), "x", "rss"
    )
    assert found == (
        '<https://a.example/hub>; rel="hub", <https://h.example/>; rel="hub", '
        '<https://a.example/feeds/x.rss>; rel="self"'
    )


def test_without_a_hub_only_the_address_stands() -> None:
    assert feed_links("https://a.example", (), "x", "json") == (
        '<https://a.example/feeds/x.json>; rel="self"'
    )


def test_nothing_in_a_key_leaves_the_address() -> None:
    """A header carries no other characters, and `>` would end the address."""
    found = feed_links("https://a.example", (), 'a>"\r\nX: é', "atom")
    assert found == '<https://a.example/feeds/a%3E%22%0D%0AX:%20%C3%A9.atom>; rel="self"'
