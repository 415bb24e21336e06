"""What papers write around their texts, in the languages that we read, as patterns.

Each pattern is data: a phrase stands here because papers of its language use it as furniture of
the page, whatever the article says. They are matched against one whole line of text.
"""

import re


def _any(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


# Where papers ask to be followed.
_NETWORK = (
    r"(?:our )?(?:twitter|x\b|facebook|fanpage|instagram|youtube|tiktok|telegram|linkedin|whatsapp|"
    r"threads|bluesky|mastodon|google|zalo|viber|mạng xã hội|ứng dụng|social media)"
)

# A line that begins so, and links or is short, leads to another article.
LABEL = re.compile(
    r"\W*"
    + _any(
        # English
        r"related",
        r"read (?:more|next|also|the (?:full|rest))",
        r"see (?:more|also)",
        r"also read",
        r"more(?: on this| from| coverage)?(?=\s*:)",
        r"don['’]?t miss",
        r"you (?:may|might) (?:also )?(?:like|be interested)",
        r"explore further",
        r"most read",
        r"watch(?: now)?(?=\s*:)",
        r"recommended",
        r"further reading",
        r"top stories",
        # Vietnamese
        r"(?:xem|đọc) (?:thêm|tiếp|ngay)",
        r"(?:tin|bài)(?: viết)? liên quan",
        r"mời (?:quý )?(?:độc giả|bạn đọc|bạn)",
        r"có thể bạn (?:quan tâm|chưa biết)",
        # German, French, Spanish, Portuguese, Italian, Polish
        r"(?:lesen|sehen) sie (?:auch|mehr)",
        r"mehr zum thema",
        r"auch interessant",
        r"das könnte (?:sie|dich|euch)",
        r"(?:lire|à lire|lisez|voir)(?: aussi)",
        r"à lire",
        r"l[ée]a? también",
        r"te puede interesar",
        r"(?:leia|veja) (?:também|mais)",
        r"leggi anche",
        r"(?:czytaj|zobacz) (?:także|też|również)",
    )
    + r"\b",
    re.IGNORECASE,
)

# A line that is this and nothing else ends the text: what follows is the page's.
END = re.compile(
    r"\W*"
    + _any(
        r"top stories",
        r"trending(?: now)?",
        r"most (?:read|popular|viewed)",
        r"(?:related|similar|recommended|more|other|latest|recent|popular) "
        r"(?:articles?|stories|posts?|news|reading|content|topics?)",
        r"you (?:may|might) (?:also )?(?:like|enjoy|be interested in).{0,20}",
        r"more from .{2,40}",
        r"comments?",
        r"leave a (?:comment|reply)",
        r"tin (?:liên quan|cùng chuyên mục|khác|mới(?: nhất)?|nổi bật)",
        r"bài (?:viết )?(?:liên quan|cùng chuyên mục)",
        r"(?:các )?(?:tin|bài) (?:đã đưa|khác)",
        r"cùng (?:chuyên mục|chủ đề|tác giả)",
        r"(?:đọc|xem) (?:nhiều(?: nhất)?|thêm)",
        r"có thể bạn quan tâm",
        r"(?:ý kiến )?bình luận(?: \(\d+\))?",
        r"source link",
        r"ähnliche (?:artikel|beiträge)",
        r"weitere (?:artikel|beiträge|themen|meldungen|nachrichten)",
        r"mehr zum thema",
        r"das könnte (?:sie|dich|euch) auch interessieren.{0,20}",
        r"meist-?gelesen.{0,20}",
        r"articles? (?:similaires|liés)",
        r"(?:à )?lire aussi",
        r"sur le même sujet",
        r"noticias relacionadas",
        r"te puede interesar",
        r"(?:leia|veja) também",
        r"leggi anche",
        r"(?:czytaj|zobacz) (?:także|też|również)",
    )
    + r"\W*$",
    re.IGNORECASE,
)

# A line that asks the reader to do something for the paper.
CALL = re.compile(
    r"(?:^\W*|[.!?…]\s+)"
    + _any(
        r"(?:please |now |then |just )?(?:click|tap) here to "
        r"(?:get|read|sign|subscribe|see|view|watch|download)",
        r"(?:please )?(?:sign up|subscribe)\b",
        r"(?:please )?register (?:now|here|today|for free|to)\b",
        r"download (?:the|our) .{0,20}app",
        r"(?:please )?(?:like|follow|find|join) "
        rf"(?:us|her|him|me|them|@\w+|[A-Z][\w.’' ]{{2,40}}) on {_NETWORK}",
        r"(?:reach|email|contact) (?:the )?(?:reporters?|authors?|writers?)\b",
        r"share this",
        r"(?:leave a )?comments?$",
        r"(?:chia sẻ|thích|bình luận|in bài(?: viết)?|sao chép liên kết|copy link)$",
        rf"theo dõi .{{2,60}} trên (?:kênh |trang )?{_NETWORK}",
        r"mời (?:quý )?(?:bạn đọc|độc giả|khán giả|bạn) (?:xem|đọc|theo dõi|đón)",
        r"đăng ký (?:nhận (?:bản )?tin|nhận thông báo|kênh|theo dõi)",
        r"abonnieren sie",
        r"jetzt (?:abonnieren|anmelden)",
        r"(?:abonnez|inscrivez)-vous",
        r"suscríbete",
        r"síguenos",
        r"únete",
        r"inscreva-se",
        rf"siga .{{2,60}} (?:no|na|em) {_NETWORK}",
    )
    + r"|\b(?:may|can) be (?:reached|contacted) (?:at|on|via)\b"
    + r"|\b(?:get|sign|subscribe|receive|join|your|our|free|abonniere\w*|đăng ký|theo dõi|nhận)\b"
    + r".{0,120}\b(?:newsletters?|telegram|google news|whatsapp|zalo)\b.{0,30}$"
    + r"|click here to"
    # Nothing but a share bar's words, or an advertisement's.
    + r"|^\W*(?:share|chia sẻ|teilen|partager|compartir)\W+"
    + rf"(?:(?:share|chia sẻ|on|trên|qua|lên|auf|sur|en|via|e-?mail|{_NETWORK})\b\W*)+$"
    + r"|^\W*(?:quảng cáo|advertisement|anzeige|publicité|publicidad)\W*$",
    re.IGNORECASE,
)

# A line at the end that credits the desk, the agency's desk or the law.
TAIL = re.compile(
    r"^\W*"
    + _any(
        r"(?:additional )?reporting by",
        r"editing by",
        r"edited by",
        r"[©ⓒ]",
        r"copyright",
        r"photos? by",
        r"tags?\s*:",
        r"từ khóa\s*:",
        r"filed under",
        r"source link",
        r"nguồn\s*:\s*https?:",
        r"link (?:bài )?gốc",
        r"posted (?:in|on|by)",
        r"updated? (?:at|on)\b",
    )
    + r"|contributed to this (?:report|story|article)"
    + r"|^.{0,60}all rights reserved",
    re.IGNORECASE,
)
