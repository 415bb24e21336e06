from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config.editorial import Editorial
from config.settings import Settings
from feeds.store.engine import connect
from feeds.web.app import create_app


def test_putting_the_web_together_asks_nobody_anything(
    editorial: Editorial, tmp_path: Path
) -> None:
    nowhere = connect("postgresql://nobody@127.0.0.1:1/none")
    create_app(nowhere, editorial, Settings(data_dir=tmp_path))
    assert list(tmp_path.iterdir()) == []


async def test_what_nobody_foresaw_is_a_page_without_a_trace(editorial: Editorial) -> None:
    app = create_app(connect("postgresql://nobody@127.0.0.1:1/none"), editorial, Settings())
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        "server": ("127.0.0.1", 1),
        "scheme": "http",
    }
    try:
        await app(scope, receive, send)
    except sa.exc.OperationalError:
        failed = True
    assert failed
    assert sent[0]["status"] == 500
    text = sent[1]["body"].decode()
    assert "Mời bạn thử lại" in text
    assert "psycopg" not in text
