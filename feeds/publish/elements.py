"""Elements that feedgen can't write as clients want them, and the namespaces of all we write."""

from lxml.etree import SubElement, _Element

AT = "http://purl.org/atompub/tombstones/1.0"
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
FH = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def add(parent: _Element, tag: str, text: str | None = None, /, **attributes: str) -> _Element:
    """Append a child with text and attributes."""
    child = SubElement(parent, tag, attributes)
    child.text = text
    return child
