"""The documented nginx serves the very bytes that the web would."""

import gzip
import http.client
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from feeds.pipeline.outlet import replace_file
from feeds.publish.coding import CODINGS, encode
from feeds.publish.links import feed_links
from feeds.web import headers

ROOT = Path(__file__).parents[2]
BODY = b"<rss>" + "tin tức ".encode() * 2000 + b"</rss>"
SITE = "https://news.example.org"
MODIFIED = 1_772_427_600
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]


def documented(folder: Path, port: int, web: str) -> str:
    """Take the example out of docs/operations.md, with our own port, folder and web."""
    text = (ROOT / "docs" / "operations.md").read_text()
    found = re.search(r"```nginx\n(limit_req_zone.*?)```", text, re.DOTALL)
    assert found is not None
    example = found[1]
    for theirs, own in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        ("root /srv/tinwire;", f"root {folder}/www;"),
        ("http://127.0.0.1:8000", web),
    ):
        assert theirs in example
        example = example.replace(theirs, own)
    paths = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;"
        f" events {{}} http {{ access_log off; client_body_temp_path {folder}/body; {paths}"
        f" {example} }}"
    )


@pytest.fixture
def asked(serving: Any) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A web that notes what it is asked."""
    found: list[dict[str, str]] = []

    class Web(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            return

    with serving(Web) as url:
        yield url, found


@pytest.fixture
def port(tmp_path: Path, asked: tuple[str, list[dict[str, str]]]) -> Iterator[int]:
    """A running nginx over a published feed."""
    path = tmp_path / "www" / "feeds" / "all.rss"
    for coding, (suffix, _) in CODINGS.items():
        replace_file(path.with_name(path.name + suffix), encode(coding, BODY), MODIFIED)
    replace_file(path, BODY, MODIFIED)
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    (tmp_path / "nginx.conf").write_text(documented(tmp_path, number, asked[0]))
    assert NGINX is not None
    argv = [NGINX, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < until:
            try:
                ask(number, "/feeds/all.rss")
                break
            except OSError:
                time.sleep(0.05)
        if process.poll() is not None:
            pytest.fail(str(process.stderr and process.stderr.read()))
        yield number
        process.terminate()


def ask(
    port: int, path: str, method: str = "GET", **more: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in more.items()}
    try:
        connection.request(method, path, headers=named)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read()
    finally:
        connection.close()


def test_it_serves_the_bytes_and_headers_that_the_web_would(port: int) -> None:
    status, found, body = ask(port, "/feeds/all.rss")
    assert (status, body) == (200, BODY)
    assert found["content-type"] == headers.FEED_TYPES["rss"]
    assert found["cache-control"] == headers.FEED_CACHE
    assert found["access-control-allow-origin"] == "*"
    assert found["last-modified"] == "Mon, 02 Mar 2026 05:00:00 GMT"
    links = feed_links(SITE, (f"{SITE}/hub",), "all", "rss")
    assert ask(port, "/feeds/all.rss", Host="news.example.org")[1]["link"] == links
    status, zipped, body = ask(port, "/feeds/all.rss", Accept_Encoding="gzip")
    assert zipped["content-encoding"] == "gzip"
    assert body == encode("gzip", BODY)
    assert gzip.decompress(body) == BODY
    assert ask(port, "/feeds/all.rss", If_None_Match=found["etag"])[0] == 304
    assert ask(port, "/feeds/all.rss", Range="bytes=0-9")[0] == 200


def test_what_files_cannot_answer_goes_to_the_web(port: int) -> None:
    for path, more in (
        ("/feeds/all.rss?page=1", {}),
        ("/feeds/none.rss", {}),
        ("/feeds/all.rss", {"A_IM": "feed"}),
    ):
        assert ask(port, path, **more)[0] == 204


def test_the_web_learns_who_asks_and_where(
    port: int, asked: tuple[str, list[dict[str, str]]]
) -> None:
    said = {"Host": "news.example.org", "X_Forwarded_For": "198.51.100.7"}
    for path, method in (("/", "GET"), ("/article/x", "GET"), ("/feeds/none.rss", "GET")):
        assert ask(port, path, method, **said)[0] == 204
    assert ask(port, "/hub", "POST", Content_Length="0", **said)[0] == 204
    assert len(asked[1]) >= 4
    for headers_ in asked[1][-4:]:
        assert headers_["host"] == "news.example.org"
        assert headers_["x-forwarded-for"] == "198.51.100.7, 127.0.0.1"
        assert headers_["x-forwarded-proto"] == "http"
