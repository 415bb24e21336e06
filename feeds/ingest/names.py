"""Names of people, agencies and nobody: the lists by which bylines are told apart.

Family names are the commonest of Vietnam (the Kinh's hundred or so, and those that are common
among the Khmer, Chăm, Tày and Thái), without those that are as common as other words ("Ông", "Văn",
"Hoa", "An"); agencies and papers are those that Vietnamese papers
reprint. Both are compared without case.
"""

import re

# As a first word they begin a person's name; several are words of their own, too.
_FAMILY_WORDS = """
    âu bạch bành bế bùi cao chu châu cung danh diệp doãn dư dương đàm đan đào đặng điêu đinh
    đoàn đỗ đổng đới đồng đường giáp hà hàn hồ hồng hoàng huỳnh hứa kha khâu khổng khuất khúc
    kiều kiên lại lâm lê liêu liễu lò lô lục lương lưu lữ lường ly lý mạc mai mạnh nghiêm ngô
    ngụy nguyễn nhâm nhan nông phạm phan phó phùng phương quách quan quàng sầm sử tạ tăng thạch
    thái thân thẩm tô tôn tống trần triệu trịnh trương tưởng ung uông vũ võ vòng vương
"""
_FAMILY = frozenset(_FAMILY_WORDS.split())
_NOT_AFTER_FAMILY = re.compile(r"\b(?:báo|đài|tạp|thông|tập|công|chí|tuần|nhật|tin|trí)\b", re.I)
_AGENCY_NAMES_TEXT = (
    "ttxvn|ttx|thông tấn xã việt nam|thông tấn xã|tân hoa xã|thx|vov|vtv|vtc|vtc news|htv|antv|"
    "qpvn|vnexpress|vietnamnet|vietnam+|vietnamplus|vnanet|vneconomy|cafef|cafebiz|kenh14|genk|"
    "zing|zing news|znews|soha|saostar|24h|dân trí|tuổi trẻ|tuổi trẻ online|thanh niên|"
    "tiền phong|lao động|người lao động|nlđ|nld|nhân dân|báo nhân dân|sài gòn giải phóng|sggp|"
    "hà nội mới|pháp luật tp.hcm|plo|công an nhân dân|cand|quân đội nhân dân|qđnd|báo chính phủ|"
    "chinhphu.vn|đại đoàn kết|vietnam news|vna|reuters|afp|ap|associated press|upi|dpa|efe|ansa|"
    "apa|pti|ani|bernama|antara|xinhua|kyodo|kyodo news|jiji|yonhap|kcna|tass|ria novosti|ria|"
    "sputnik|rt|interfax|ukrinform|anadolu|irna|tasnim|wam|bloomberg|dow jones|cnn|bbc|bbc news|"
    "nbc|nbc news|abc news|cbs news|fox news|cnbc|nhk|scmp|south china morning post|guardian|"
    "the guardian|independent|the independent|new york times|the new york times|washington post|"
    "wall street journal|wsj|financial times|the economist|forbes|time|newsweek|variety|"
    "billboard|marca|as|goal|sky sports|espn|mirror|daily mail|the sun|nikkei|nikkei asia|"
    "straits times|the straits times|al jazeera|euronews|dw|france 24|le monde|der spiegel|"
    "the verge|techcrunch|cnet|wired|kommersant|politico|axios|the hill|getty images|getty|epa|"
    "epa-efe|european pressphoto agency"
)
_AGENCY_NAMES = frozenset(_AGENCY_NAMES_TEXT.split("|"))
_DOMAIN = re.compile(
    r"(?:[\w-]+\.)+(?:vn|com|net|org|info|gov|edu|tv|co\.uk|asia|cn|jp|ru)\b", re.I
)
_NOBODY = re.compile(
    r"(?:nhóm )?(?:pv|p\.v|phóng viên|btv|ctv|cộng tác viên|biên tập viên)"
    r"(?: (?:tổng hợp|thời sự|quốc tế|kinh tế|văn hóa|thể thao|thường trú))?"
    r"|nhóm (?:pv|phóng viên|tác giả|bạn đọc)\b.{0,30}"
    r"|(?:tổng hợp|t\.?h|st|sưu tầm|lược dịch|biên dịch|theo tổng hợp|nguồn tổng hợp)"
    r"|ban (?:thời sự|quốc tế|kinh tế|văn hóa|thể thao|chính trị|bạn đọc)"
    r"|ban biên tập|bbt|tòa soạn|toà soạn|bạn đọc|admin(?:istrator)?|editors?"
    r"|editor(?:ial)? (?:staff|team)|staff(?: (?:writer|reporter)s?)?|news ?desk|web ?master"
    r"|guest|unknown|anonymous|n/?a|none|null|agencies|(?:die )?redaktion"
    r"|quảng cáo|thông cáo(?: báo chí)?|p\.?r|hết",
    re.IGNORECASE,
)


def is_agency(name: str) -> bool:
    """Tell an agency, a paper or a site from a person."""
    bare = name.strip(" ()[].,").casefold()
    parts = [part for part in re.split(r"\s*[,/;&]\s*|\s+(?:và|and)\s+|\s+[-–]\s+", bare) if part]
    return bool(parts) and (
        bare in _AGENCY_NAMES
        or all(part in _AGENCY_NAMES or _DOMAIN.fullmatch(part) for part in parts)
        or bool(re.match(r"(?:báo|đài|tạp chí|thông tấn xã|hãng tin|hãng|tttđ)\s", bare))
    )


def is_nobody(name: str) -> bool:
    """Tell a role or a desk that names no one."""
    return bool(_NOBODY.fullmatch(name.strip(" ()[].,*-")))


def is_family_name(name: str) -> bool:
    """Tell a name of two to five words that begins with a Vietnamese family name."""
    words = name.strip(" ()[].,").split()
    return (
        2 <= len(words) <= 5
        and words[0].casefold() in _FAMILY
        and not any(word[0].islower() for word in words)
        and not _NOT_AFTER_FAMILY.search(name)
        and not is_agency(name)
    )


def spelled(name: str) -> str:
    """Write a name that is all in capitals as names are; one word may be an abbreviation."""
    words = name.split()
    if len(words) < 2 or not name.isupper() or any("." in word for word in words):
        return name
    if max(map(len, words)) < 3:
        return name
    return " ".join(word.title() if word.isalpha() else word for word in words)
