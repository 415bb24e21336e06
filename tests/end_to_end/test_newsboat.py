"""A reader that people use subscribes to a feed of ours."""

import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from config.editorial import SourceSpec
from feeds.pipeline.desk import Desk
from feeds.pipeline.drain import drain
from feeds.store import feeds
from worker.prepare import prepare

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Báo Bến Đò</title><link>http://127.0.0.1/</link><description>Tin</description>
<item><title>Nước mặn &amp; lúa: “LÐ-TB&amp;XH” vào cuộc</title><link>http://127.0.0.1/a</link>
<dc:creator>Lâm Nhật Hạ</dc:creator><pubDate>Mon, 23 Nov 2026 08:00:00 +0700</pubDate>
<description>Độ mặn trên sông đã vượt mức cho phép từ đầu tuần.</description></item>
<item><title>Trẻ em vùng lũ trở lại trường</title><link>http://127.0.0.1/b</link>
<pubDate>Sun, 22 Nov 2026 08:00:00 +0700</pubDate>
<description>Hai trăm em đã có sách mới trong sáng nay.</description></item>
</channel></rss>"""


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")
@pytest.mark.parametrize("name", ["rss", "atom"])
def test_newsboat_reads_our_feed(desk: Desk, origin: Any, tmp_path: Path, name: str) -> None:
    """Titles, authors and links come back as they were."""
    source = SourceSpec(name="ben-do", title="Báo Bến Đò", url=origin.serve("/in.xml", FEED))
    prepare(desk, [source])
    drain(desk, 60)
    with desk.engine.connect() as connection:
        ours = feeds.file(connection, "all", name)
    assert ours is not None
    (tmp_path / "urls").write_text(origin.serve(f"/all.{name}", ours.body) + "\n")
    command = ["newsboat", "-u", "urls", "-c", "cache.db", "-C", "none", "-x", "reload"]
    (tmp_path / "none").touch()
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60, env={"HOME": str(tmp_path)})
    connection_to_cache = sqlite3.connect(tmp_path / "cache.db")
    rows = connection_to_cache.execute(
        "SELECT title, author, url FROM rss_item ORDER BY url"
    ).fetchall()
    connection_to_cache.close()
    assert {row[0] for row in rows} == {
        "Nước mặn & lúa: “LÐ-TB&XH” vào cuộc",
        "Trẻ em vùng lũ trở lại trường",
    }
    assert "Lâm Nhật Hạ" in {row[1] for row in rows}
    assert all(row[2].startswith(desk.settings.public_url) for row in rows)
