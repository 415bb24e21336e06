"""The documented nginx serves the very bytes that the web would."""

import gzip
import http.client
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.pipeline.outlet import replace_file
from feeds.publish.coding import CODINGS, encode
from feeds.web import headers

ROOT = Path(__file__).parents[2]
BODY = b"<rss>" + "tin tức ".encode() * 2000 + b"</rss>"
MODIFIED = 1_772_427_600
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]


def documented(folder: Path, port: int) -> str:
    """Take the location of feeds out of docs/operations.md, and put a server around it."""
    text = (ROOT / "docs" / "operations.md").read_text()
    found = re.search(r"  location /feeds/ \{.*?\n  \}\n", text, re.DOTALL)
    assert found is not None
    paths = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;"
        f" events {{}} http {{ access_log off; client_body_temp_path {folder}/body; {paths}"
        f" server {{ listen 127.0.0.1:{port}; root {folder}/www; {found[0]}"
        " location @web { return 204; } } }"
    )


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A running nginx over a published feed."""
    path = tmp_path / "www" / "feeds" / "all.rss"
    for coding, (suffix, _) in CODINGS.items():
        replace_file(path.with_name(path.name + suffix), encode(coding, BODY), MODIFIED)
    replace_file(path, BODY, MODIFIED)
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    (tmp_path / "nginx.conf").write_text(documented(tmp_path, number))
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


def ask(port: int, path: str, **more: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in more.items()}
    try:
        connection.request("GET", path, headers=named)
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
