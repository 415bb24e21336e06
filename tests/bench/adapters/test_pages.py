"""Adapters: the product's functions in the form that tools call."""

import pytest

from bench.adapters import extract

TEXT = "Thành phố mở thêm ba trường học cho trẻ em ở vùng ngoại ô vào mùa thu năm nay. " * 3
PAGE = f"""<html lang="vi"><head><title>Trường mới của thành phố | Báo X</title>
<meta property="article:published_time" content="2026-10-05T07:00:00+07:00">
<link rel="canonical" href="https://bao.vn/truong-moi"></head><body><article>
<h1>Trường mới của thành phố</h1><p>{TEXT}</p><figure><img src="/a.jpg">
<figcaption>Trường mới. Ảnh: An Nhi</figcaption></figure><p>Hai. {TEXT}</p>
<p>Lê Phương</p></article></body></html>"""


@pytest.mark.parametrize("html", [PAGE, PAGE.encode()])
def test_a_page_is_read_from_text_or_bytes(html: str | bytes) -> None:
    found = extract(html, "https://bao.vn/truong-moi?utm_source=x")
    assert found.pop("text") == f"{TEXT.strip()}\nHai. {TEXT.strip()}"
    assert "<figcaption>Trường mới. Ảnh: An Nhi</figcaption>" in found.pop("html")
    assert found == {
        "title": "Trường mới của thành phố",
        "authors": ["Lê Phương"],
        "published": "2026-10-05T00:00:00+00:00",
        "image": "https://bao.vn/a.jpg",
        "caption": "Trường mới.",
        "credit": "An Nhi",
        "canonical": "https://bao.vn/truong-moi",
        "language": "vi",
        "wall": None,
        "noindex": False,
    }


@pytest.mark.parametrize("html", ["", b"\x00", "<html></html>"])
def test_a_page_without_text_gives_empty_values(html: str | bytes) -> None:
    found = extract(html, "hard::no-address")
    assert (found["text"], found["authors"], found["image"]) == ("", [], None)


def test_the_same_keys_come_whatever_the_page() -> None:
    assert extract("", "https://bao.vn/").keys() == extract(PAGE, "https://bao.vn/").keys()
