from html import unescape
from typing import Any


def test_the_picker_shows_the_line_and_the_frame_that_were_picked(web: Any) -> None:
    answer = web.ask(
        "/partners/embed?feed=section/nhan-quyen&count=3&theme=dark&in=en&layout=compact&lang=en"
    )
    text = unescape(answer.text)
    line = (
        '<tinwire-feed feed="section/nhan-quyen" count="3" lang="en" layout="compact"'
        ' theme="dark"></tinwire-feed>'
    )
    assert answer.status == 200
    assert line in text
    assert f'<script src="{web.url}/embed.js" async></script>' in text
    frame = "/embed/section/nhan-quyen?count=3&lang=en&layout=compact&theme=dark"
    assert f'<iframe src="{frame}"' in text
    assert web.ask(frame).status == 200


def test_the_picker_runs_only_our_own_script(web: Any) -> None:
    answer = web.ask("/partners/embed")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text


def test_a_feed_that_is_not_there_is_not_picked(web: Any) -> None:
    text = web.ask("/partners/embed?feed=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "alert(1)" not in text
    assert "/embed/all" in text
