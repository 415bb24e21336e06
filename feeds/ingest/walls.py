"""Pages that are no articles though a server sends them as such: pay walls, consent, logins, 404s.

Theory: a wall stored as an article puts "Subscribe to continue" under a headline, and its text is
the same for all of a paper's articles, so it also merges them; an article taken for a wall is
missing. So a phrase alone never decides: it counts beside a text that is too short to be an
article. Only a page's own statement that it is not free counts by itself, because a text that
its publisher sells is not ours to pass on, even where the server let it slip.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from feeds.ingest.metadata import Metadata
from feeds.ingest.page import words_of
from feeds.urls import absolute, url_key

_SHORT = 900  # characters; less beside a wall's phrase is the teaser in front of it
_VERY_SHORT = 500
_ENOUGH = 3000  # characters of the page that are searched for phrases, from either end

_PAID = re.compile(
    r"đăng nhập để (?:đọc|xem)(?: tiếp| toàn bộ| đầy đủ)?"
    r"|(?:đăng ký|mua|nâng cấp) (?:gói|tài khoản|thành viên)[^.]{0,40}(?:để )?(?:đọc|xem)"
    r"|đăng ký để (?:đọc|xem) (?:tiếp|toàn bộ|bài)"
    r"|(?:bài viết|nội dung) (?:này )?(?:chỉ )?dành (?:riêng )?cho "
    r"(?:độc giả|bạn đọc|thành viên|hội viên|thuê bao)"
    r"|(?:subscribe|sign ?up|register|log ?in|sign in) (?:now )?(?:to|for) "
    r"(?:continue|keep|read|unlock|full|unlimited|access)"
    r"|to (?:continue|keep) reading|already (?:a|an|have a) (?:subscriber|subscription|member)"
    r"|(?:this|the) (?:article|story|content) is (?:for|available (?:only )?to|exclusive to) "
    r"(?:our )?(?:paid |paying )?(?:subscribers|members)"
    r"|continue reading [^.]{0,30}with an? [^.]{0,20}subscription"
    r"|(?:abonnieren|anmelden|registrieren)[^.]{0,30}weiter(?:zu)?lesen|nur für abonnent"
    r"|artikel weiterlesen mit\b"
    r"|réservée?s? aux abonnés|abonnez-vous pour (?:lire|continuer)"
    r"|vous reste \d+ ?% de cet article"
    r"|(?:contenido |conteúdo )?exclusivo para (?:suscriptores|assinantes)"
    r"|suscríbete para (?:leer|seguir)|assine para (?:ler|continuar)"
    r"|(?:riservato|contenuto) (?:solo )?(?:agli|per gli) abbonati"
    r"|abbonati per (?:leggere|continuare)"
    r"|(?:dostępny|treść|artykuł) (?:tylko )?dla (?:prenumeratorów|subskrybentów)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue|we (?:value|care about) your privacy|we and our (?:[\w,]+ ){0,3}partners"
    r"|(?:accept|reject|manage) (?:all )?(?:cookies|consent)"
    r"|your (?:privacy|cookie) (?:choices|settings)"
    r"|chấp nhận (?:tất cả )?cookie|sử dụng cookie|quyền riêng tư của bạn"
    r"|wir (?:und unsere partner|verwenden) [^.]{0,40}cookies|datenschutz-?einstellungen"
    r"|(?:nous (?:et nos partenaires|utilisons)|nos partenaires et nous) [^.]{0,40}cookies"
    r"|(?:nosotros y nuestros|nós e os nossos|noi e i nostri|wij en onze|my i nasi|мы и наши) "
    r"(?:\w+ )?(?:socios|parceiros|partner\w*|партн[её]ры)"
    r"|(?:utilizamos|usamos|utilizziamo|gebruiken|używamy|используем)[^.]{0,40} cookies?\b",
    re.IGNORECASE,
)
# Hosts that do nothing but ask, at whatever length: of Google, Yahoo, DPG, and as others call them.
_CONSENT_HOST = re.compile(r"https?://(?:consent|guce|myprivacy|cookiewall)\.", re.IGNORECASE)
_ROBOT_CHECK = re.compile(
    r"verify (?:that )?you are (?:a )?human|are you a robot"
    r"|enable javascript and cookies to continue"
    r"|enable (?:js|javascript) and disable any ad ?blocker|sorry, you have been blocked"
    r"|access to this (?:page|site) (?:has been|is) denied|incapsula incident"
    r"|checking your browser|just a moment\.\.\.|access denied"
    r"|unusual traffic|unusual activity from your"
    r"|xác minh (?:rằng )?bạn (?:không phải|là)",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"^\W*(?:error |lỗi )?404\b|\b404 (?:error|not found|-)"
    r"|(?:page|article|story|content) (?:was |is )?(?:not found|no longer available"
    r"|(?:not|isn['’]t) available|(?:could|can)(?: ?not|n['’]t) be found)"
    r"|không (?:tìm thấy|tồn tại) (?:trang|nội dung|bài|đường dẫn|kết quả)"
    r"|(?:trang|nội dung|bài viết|đường dẫn)[^.]{0,40}"
    r"(?:không (?:tồn tại|tìm thấy|còn)|đã (?:bị )?(?:xóa|xoá|gỡ))"
    r"|seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada",
    re.IGNORECASE,
)
# After ten seconds it is no way elsewhere, but a page that is loaded anew.
_REFRESH = re.compile(
    r"\s*+(?:\d|10)(?:\.\d*+)?(?:\s*+[;,]|\s(?!\s*+[;,]))\s*+(?:url\s*+=\s*+)?[\"']?(?P<url>[^\"']+)",
    re.IGNORECASE,
)
_SHOWN = etree.XPath(".//text()[not(parent::script or parent::style or parent::template)]")
_AGENT = re.compile(r"(?P<agent>[\w.-]+)\s*:\s*(?P<rest>.*)", re.DOTALL)
# Directives that have a value after a colon, and are no agents (Google's list of robots meta tags).
_VALUED = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")
# Commas by the rule; semicolons and spaces, too, as far as they can't part a name and its value.
_APART = re.compile(r"[,;]|(?<=[a-z])\s+(?=[a-z])")
_HIDING = frozenset(("noindex", "none"))
_OUR_AGENTS = ("robots", "tinwire")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a page shows before anything is taken out of it; `leads_to` as the page writes it."""

    heading: tuple[str, ...]
    around: str
    has_password: bool
    leads_to: str


def evidence(root: etree._Element) -> Evidence:
    """Collect what tells a wall: headings, the words at both ends, a field for a password."""
    headings = (words_of(element) for element in root.iter("title", "h1"))
    seen = _visible(root)
    return Evidence(
        heading=tuple(headings),
        around=f"{seen[:_ENOUGH]} {seen[-_ENOUGH:]}",
        has_password=any(
            (field.get("type") or "").lower() == "password" for field in root.iter("input")
        ),
        leads_to=next(filter(None, map(_leads_to, root.iter("meta"))), ""),
    )


def wall(seen: Evidence, about: Metadata, text: str) -> str | None:
    """Say why a page is no article that may be stored; `None` for an article.

    `text` is the body that was found, which may be empty.
    """
    if not about.is_free:
        return "the page says that its text is not free"
    if len(text) >= _SHORT:
        return None
    if any(_MISSING.search(line) for line in (about.title, *seen.heading)):
        return "the page says that there is nothing under this address, with status 200"
    if _PAID.search(seen.around):
        return f"a text of {len(text)} characters beside an invitation to subscribe or log in"
    if len(text) >= _VERY_SHORT:
        return None
    if seen.leads_to and absolute(about.url, seen.leads_to) != about.url:
        return f"a page that only leads to {seen.leads_to[:200]!r}"
    if seen.has_password:
        return "a login page"
    if _ROBOT_CHECK.search("\n".join((*seen.heading, seen.around))):
        return "a check for robots instead of the page"
    if not about.is_article and _CONSENT.search(seen.around):
        return "a page that asks for consent"
    return None


def asks_consent(url: str) -> str | None:
    """Say why a page that was fetched from an address is no article, where its host tells that."""
    return "a page that asks for consent" if _CONSENT_HOST.match(url) else None


def asks_noindex(root: etree._Element, headers: Mapping[str, str]) -> bool:
    """Tell whether a page asks not to be indexed, by `meta` element or X-Robots-Tag."""
    for element in root.iter("meta"):
        if (element.get("name") or "").strip().lower() in _OUR_AGENTS:
            content = (element.get("content") or "").lower()
            if not _HIDING.isdisjoint(part.strip() for part in _APART.split(content)):
                return True
    return _header_hides(headers.get("x-robots-tag", ""))


def is_front_page(asked: str, got: str) -> bool:
    """Tell whether a server answered with its front page instead of the page that was asked."""
    host, _, path = url_key(got).partition("/")
    asked_host, _, asked_path = url_key(asked).partition("/")
    return not path and bool(asked_path) and host == asked_host


def _leads_to(meta: etree._Element) -> str:
    """Give where a page sends its readers at once (HTML Living Standard §4.2.5.3)."""
    if (meta.get("http-equiv") or "").strip().lower() != "refresh":
        return ""
    found = _REFRESH.match(meta.get("content") or "")
    return found["url"].strip() if found else ""


def _header_hides(value: str) -> bool:
    """Read X-Robots-Tag: what follows the name of another agent is not meant for us."""
    is_ours = True
    for part in _APART.split(value.lower()):
        named = _AGENT.fullmatch(part.strip())
        directive = part.strip()
        if named and named["agent"] not in _VALUED:
            is_ours, directive = named["agent"] in _OUR_AGENTS, named["rest"].strip()
        if is_ours and directive in _HIDING:
            return True
    return False


def _visible(root: etree._Element) -> str:
    """Give the words of a page without those of its programs and styles."""
    texts = _SHOWN(root)
    return " ".join(" ".join(map(str, texts)).split()) if isinstance(texts, list) else ""
