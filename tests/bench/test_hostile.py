"""The hostile origin of the bench hurts as it says."""

import http.client
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from bench.hostile import _hostile


def test_each_kind_hurts_in_its_way() -> None:
    with _hostile() as url, ExitStack() as opened:
        where = urlsplit(url).netloc

        def ask(path: str) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection(where, timeout=20)
            opened.callback(connection.close)
            connection.request("GET", path)
            answer = connection.getresponse()
            opened.callback(answer.close)
            return answer

        assert ask("/loop/1").headers["Location"] == "/loop/1"
        bomb = ask("/bomb/1")
        assert bomb.headers["Content-Encoding"] == "gzip"
        assert len(bomb.read()) < 100_000
        with pytest.raises(http.client.IncompleteRead):
            ask("/cut/1").read()
        drip = ask("/drip/1")
        assert drip.read(1) == b"<"
