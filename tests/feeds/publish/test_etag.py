"""The entity tag is strong, quoted and of the content (RFC 9110 §8.8.3)."""

import re

from feeds.publish.etag import etag


def test_same_bytes_have_the_same_tag_and_others_another() -> None:
    assert etag(b"a") == etag(b"a")
    assert etag(b"a") != etag(b"b")


def test_the_tag_is_strong_and_quoted() -> None:
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag(b""))
