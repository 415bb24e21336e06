"""Phrases: each pattern takes whole lines of furniture, and leaves sentences."""

import pytest

from feeds.ingest import phrases

LABELS = [
    "Xem thêm",
    ">> Đọc tiếp: Bài khác",
    "Tin liên quan",
    "Related:",
    "Mehr zum Thema",
    "Leggi anche",
]
ENDS = [
    "Tin liên quan",
    "CÙNG CHUYÊN MỤC",
    "Đọc nhiều nhất",
    "Bình luận (3)",
    "More from Sport",
    "Weitere Artikel",
]
CALLS = [
    "Theo dõi báo X trên Facebook",
    "Chia sẻ",
    "Click here to read more",
    "Abonnez-vous !",
    "Get our free newsletter",
    "Chia sẻ Facebook Zalo",
    "Share on Facebook | Share on X | E-mail",
    "Quảng cáo",
    "Advertisement",
]
TAILS = [
    "© 2026 Báo X",
    "Editing by A. B.",
    "Tags: a, b",
    "Nguồn: https://bao.vn/x",
    "Link bài gốc",
]


@pytest.mark.parametrize("line", LABELS)
def test_labels_are_told(line: str) -> None:
    assert phrases.LABEL.match(line)


@pytest.mark.parametrize("line", ENDS)
def test_ends_are_told(line: str) -> None:
    assert phrases.END.match(line)


@pytest.mark.parametrize("line", CALLS)
def test_calls_are_told(line: str) -> None:
    assert phrases.CALL.search(line)


@pytest.mark.parametrize("line", TAILS)
def test_tails_are_told(line: str) -> None:
    assert phrases.TAIL.search(line)


SENTENCES = [
    "Tin mới nhất từ hiện trường cho biết không ai bị thương.",
    "Chia sẻ trên Facebook, ông cho biết không ai bị thương.",
    "Quảng cáo sai sự thật bị phạt.",
    "Ông theo dõi trận đấu từ khán đài.",
    "Theo dõi diễn biến trên thị trường, chuyên gia cho rằng giá sẽ còn tăng.",
    "Đăng ký nhận hỗ trợ nhà ở, người dân cần mang theo giấy tờ.",
    "They talked about it on WhatsApp.",
    "Join John Smith on Saturday for a walk along the river.",
    "Register offices were closed on Monday.",
    "He copyrighted the song in 1999.",
    "Readers commented on the plan for days.",
]


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_are_nothing_of_this(line: str) -> None:
    assert not phrases.END.match(line)
    assert not phrases.CALL.search(line)
    assert not phrases.TAIL.search(line)
    assert not phrases.LABEL.match(line)
