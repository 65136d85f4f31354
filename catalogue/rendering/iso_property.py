"""The property types of ISO 19115-3, written: `gmd` for a standard with a namespace for each package.

Names come with their prefix (`cit:title`), for a property stands in the package of its class.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from catalogue.languages import iso639_2
from catalogue.record import UNDETERMINED, Text
from catalogue.rendering.gmd import Tongues
from catalogue.rendering.markup import any_uri, escape, is_date, values

_CODELISTS: Final = "http://standards.iso.org/iso/19115/resources/Codelists/cat/codelists.xml#"
_LANGUAGES: Final = "http://www.loc.gov/standards/iso639-2/"


def string(name: str, value: str) -> str:
    """A gco:CharacterString; nothing for an empty value."""
    return f"<{name}><gco:CharacterString>{escape(value)}</gco:CharacterString></{name}>" if value else ""


def nil(name: str, reason: str = "missing") -> str:
    """A property without a value, and why."""
    return f'<{name} gco:nilReason="{reason}"/>'


@lru_cache(4096)
def code(name: str, codelist: str, value: str) -> str:
    """A value of a codelist, which has the prefix of its package: `cit:CI_RoleCode`."""
    listed = codelist.partition(":")[2]
    return (
        f'<{name}><{codelist} codeList="{_CODELISTS}{listed}" codeListValue="{any_uri(value)}">'
        f"{escape(value)}</{codelist}></{name}>"
    )


@lru_cache(1024)
def locale(name: str, tag: str, xml_id: str = "") -> str:
    """A language as lan:PT_Locale: its ISO 639-2 code, and as text the BCP 47 tag where that says more."""
    three = iso639_2(tag)
    text = tag if "-" in tag else three
    marked = f' id="{xml_id}"' if xml_id else ""
    return (
        f'<{name}><lan:PT_Locale{marked}><lan:language><lan:LanguageCode codeList="{_LANGUAGES}"'
        f' codeListValue="{any_uri(three)}">{escape(text)}</lan:LanguageCode></lan:language>'
        f"{code('lan:characterEncoding', 'lan:MD_CharacterSetCode', 'utf8')}</lan:PT_Locale></{name}>"
    )


def free_text(name: str, text: Text | None, tongues: Tongues, href: str = "") -> str:
    """A text in all its languages (lan:PT_FreeText); a gcx:Anchor where it has an address. Nothing for none.

    The plain text is the first value. Where that is not in the document's own language, it is repeated
    with its locale.
    """
    pairs = values(text)
    if not pairs:
        return ""
    language_of_first, value = pairs[0]
    if href:
        plain = f'<gcx:Anchor xlink:href="{any_uri(href)}">{escape(value)}</gcx:Anchor>'
    else:
        plain = f"<gco:CharacterString>{escape(value)}</gco:CharacterString>"
    others = pairs[1:] if language_of_first in (tongues.own, UNDETERMINED) else pairs
    if not others:
        return f"<{name}>{plain}</{name}>"
    groups = "".join(
        f'<lan:textGroup><lan:LocalisedCharacterString locale="#{tongues.locale(tag)}">'
        f"{escape(other)}</lan:LocalisedCharacterString></lan:textGroup>"
        for tag, other in others
    )
    free = f"<lan:PT_FreeText>{groups}</lan:PT_FreeText>"
    return f'<{name} xsi:type="lan:PT_FreeText_PropertyType">{plain}{free}</{name}>'


def date(name: str, value: str, kind: str) -> str:
    """A cit:CI_Date of this CI_DateTypeCode; nil is a date that is none, and a code that is not told."""
    said = nil("cit:date")
    if is_date(value):
        form = "gco:DateTime" if "T" in value else "gco:Date"
        said = f"<cit:date><{form}>{value}</{form}></cit:date>"
    coded = code("cit:dateType", "cit:CI_DateTypeCode", kind) if kind else nil("cit:dateType", "unknown")
    return wrap(name, "cit:CI_Date", said + coded)


def citation(name: str, title: str, more: str = "") -> str:
    """A cit:CI_Citation with this title property, or without one."""
    if not (title or more):
        return ""
    return wrap(name, "cit:CI_Citation", (title or nil("cit:title")) + more)


def wrap(name: str, kind: str, content: str) -> str:
    """A property with an object of this class; nothing for an empty content."""
    return f"<{name}><{kind}>{content}</{kind}></{name}>" if content else ""
