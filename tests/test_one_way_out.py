"""There is one way out to the network: whoever else could open a connection is named here.

The import contract (`.importlinter`) knows third-party clients only; this test also knows the
standard library's, and calls of libraries that would fetch by themselves.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
CLIENTS = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "websockets",
    "xmlrpc.client",
}
FETCHING_CALLS = {"fetch_url", "fetch_response", "urlopen", "urlretrieve", "create_connection"}
# The safe client; the demo's own server; the check whether a port of ours is free.
ALLOWED = {
    "feeds/ingest/fetch.py",
    "feeds/ingest/guard.py",
    "worker/demo/__main__.py",
    "worker/demo/origin.py",
    "worker/up.py",
}


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def is_client(module: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in CLIENTS)


def calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in FETCHING_CALLS:
                yield name


def opening_connections() -> set[str]:
    found = set()
    for folder in ("config", "feeds", "worker"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if any(map(is_client, imports(tree))) or any(calls(tree)):
                found.add(path.relative_to(ROOT).as_posix())
    return found


def test_nothing_but_the_safe_client_opens_connections_to_the_outside() -> None:
    assert opening_connections() == ALLOWED


def test_the_test_sees_what_it_looks_for() -> None:
    tree = ast.parse("from urllib import request\nimport http.client\nx.urlopen('http://a.vn')")
    assert [each for each in imports(tree) if is_client(each)] == ["urllib.request", "http.client"]
    assert list(calls(tree)) == ["urlopen"]
