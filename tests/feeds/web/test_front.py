from typing import Any

from config.editorial import Editorial
from config.settings import Settings
from feeds.clock import utc_now
from feeds.store import migrate
from feeds.web.assets import Assets
from feeds.web.front import Front


def test_a_section_holds_itself_and_what_lies_below(stock: Any, editorial: Editorial) -> None:
    front = Front(stock.engine, editorial, Settings(), utc_now, Assets())
    assert set(front.descendants["thoi-su"]) >= {"thoi-su", "nhan-quyen"}
    assert front.descendants["nhan-quyen"] == ("nhan-quyen",)
    assert "nhan-quyen" not in [node.slug for node in front.roots]
    assert "nhan-quyen" in [node.slug for node in front.children("thoi-su")]
    assert front.newest_revision == migrate.newest()
