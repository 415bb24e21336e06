"""URLs: the one way to write an address, and the key under which two addresses are one article.

Theory: two addresses of one article that stay apart cost a duplicate, which the text comparison
still catches; two articles under one key lose one of them for good, which nothing catches. So
`canonicalise` only removes what no server looks at to choose a page (fragment, default port,
parameters that are known to track), and the bolder steps (http and https, www and mobile hosts,
AMP, trailing slash, order of the query) are taken in the key alone, which is never fetched.
Parsing is the WHATWG URL standard's, as browsers do it.
"""

import re

import ada_url

_WEB = ("http://", "https://")
_HOST_PREFIXES = ("www.", "m.", "mobile.", "amp.")
_PATH_ENDINGS = ("/", "/amp", "/index.html", "/index.htm", "/index.php")
_ESCAPE = re.compile("%[0-9a-fA-F]{2}")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~")

# Parameters that tell who sent the reader. Only names that no site is known to choose a page
# by: `ref`, `source` and `from` stay. A name ending in * is a prefix.
_TRACKING = """
    utm_* pk_* mtm_* piwik_* matomo_* vn_source vn_medium vn_campaign vn_term vn_thumb vn_aid
    fbclid fb_action_ids fb_action_types fb_source fb_ref fb_comment_id gclid gclsrc gbraid wbraid
    dclid srsltid _ga _gl gidzl zarsrc zanpid msclkid yclid ysclid ymclid twclid ttclid rdt_cid
    li_fat_id epik igshid igsh mc_cid mc_eid _hsenc _hsmi hsCtaTracking mkt_tok oly_anon_id
    oly_enc_id vero_id vero_conv ml_subscriber ml_subscriber_hash s_kwcid ef_id wickedid _openstat
    at_medium at_campaign at_link_id at_link_type at_link_origin at_format at_ptr_name at_custom*
    ns_mchannel ns_source ns_campaign ns_linkname ns_fee ocid cmpid ftag guccounter guce_referrer
    guce_referrer_sig soc_src soc_trk xtor wt_mc sr_share ref_src ref_url spm __twitter_impression
    __s _branch_match_id _branch_referrer cx_click cx_part cx_artpos dt_source itm_source itm_medium
    itm_campaign
"""
_AMP = ("amp", "outputType=amp", "output=amp")
_TRACKER = re.compile(
    "(?:"
    + "|".join(re.escape(name).replace(r"\*", "[^=]*") for name in _TRACKING.split())
    + ")(?:=|$)",
    re.IGNORECASE,
)


def canonicalise(url: str) -> str:
    """Write a web address in the one way that we store and show; idempotent.

    Raises `ValueError` for anything but http or https with a host.
    """
    try:
        href = str(ada_url.normalize_url(url))
    except ValueError as exc:
        raise ValueError(f"no web address: {url!r}") from exc
    if not href.startswith(_WEB):
        raise ValueError(f"no web address: {url!r}")
    address, _, _ = href.partition("#")
    if "%" in address:  # before the parameters are looked at, for %75tm_source is one of them
        address = _ESCAPE.sub(_plainest, address)
    address, _, query = address.partition("?")
    if query:
        query = "&".join(part for part in query.split("&") if part and not _TRACKER.match(part))
    return f"{address}?{query}" if query else address


def url_key(url: str) -> str:
    """Name the article that an address leads to; raises `ValueError` as `canonicalise` does."""
    address, _, query = canonicalise(url).partition("?")
    host, _, path = address.partition("://")[2].partition("/")
    key = f"{_bare_host(host)}{_bare_path(path)}"
    parts = sorted(part for part in query.split("&") if part and not _is_amp(part))
    return f"{key}?{'&'.join(parts)}" if parts else key


def absolute(base: str | None, ref: str) -> str | None:
    """Resolve a reference against its document; `None` unless it leads to the web."""
    if not ref or ref.isspace():
        return None
    try:
        href = str(ada_url.join_url(base, ref) if base else ada_url.normalize_url(ref))
    except ValueError:
        return None
    return href if href.startswith(_WEB) else None


def host_of(url: str) -> str:
    """Name the host of an address, as browsers write it; nothing where there is none."""
    try:
        return str(ada_url.URL(url).hostname)
    except ValueError:
        return ""


def is_web(url: str) -> bool:
    """Tell whether a text is an absolute http or https address."""
    return absolute(None, url) is not None


def _plainest(escape: re.Match[str]) -> str:
    """Undo an escape that was not needed, else write it in capitals (RFC 3986 §6.2.2)."""
    char = chr(int(escape[0][1:], 16))
    return char if char in _UNRESERVED else escape[0].upper()


def _bare_host(host: str) -> str:
    """Drop prefixes that choose a presentation, as long as a dot is left: m.vn stays."""
    name, colon, port = host.rpartition("@")[2].partition(":")
    host = f"{name.rstrip('.')}{colon}{port}"
    while host.startswith(_HOST_PREFIXES):
        rest = host.partition(".")[2]
        if "." not in rest:
            break
        host = rest
    return host


def _bare_path(path: str) -> str:
    path = f"/{path}"
    while path.endswith(_PATH_ENDINGS):
        path = path[: path.rindex("/")]
    return path


def _is_amp(part: str) -> bool:
    return part in _AMP or part.startswith("amp=")
