"""The property types of ISO/TS 19139, written: character strings, free text, anchors, codes, dates.

Each function returns one property element with its value. What a record does not say is not written,
or, where the schema asks for it, written as nil with the reason (ISO/TS 19139, 8.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from catalogue.languages import is_tag, iso639_2
from catalogue.record import UNDETERMINED, Text
from catalogue.rendering.markup import any_uri, escape, is_date, values

_CODELISTS: Final = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#"
_LANGUAGES: Final = "http://www.loc.gov/standards/iso639-2/"


class Tongues:
    """The languages of one record: its own, and the others as they turn up (PT_Locale).

    `mark` ends every xs:ID of the record: a list of records is one document, in which no two may be alike.
    """

    __slots__ = ("ids", "mark", "own")

    def __init__(self, own: str, identifier: str) -> None:
        self.own = own
        self.mark = blake2b(identifier.encode("utf-8", "ignore"), digest_size=5).hexdigest()
        self.ids: dict[str, str] = {}

    def locale(self, language: str) -> str:
        """The id of the locale for a language, which is declared from now on."""
        known = self.ids.get(language)
        if known is None:
            name = language if is_tag(language) else f"{len(self.ids) + 1}.other"
            known = f"locale-{name}-{self.mark}"
            self.ids[language] = known
        return known


def string(name: str, value: str) -> str:
    """A gco:CharacterString; nothing for an empty value."""
    if not value:
        return ""
    return f"<gmd:{name}><gco:CharacterString>{escape(value)}</gco:CharacterString></gmd:{name}>"


def nil(name: str, reason: str = "missing") -> str:
    """A property without a value, and why."""
    return f'<gmd:{name} gco:nilReason="{reason}"/>'


@lru_cache(4096)
def code(name: str, codelist: str, value: str) -> str:
    """A value of a codelist."""
    return (
        f'<gmd:{name}><gmd:{codelist} codeList="{_CODELISTS}{codelist}" codeListValue="{any_uri(value)}">'
        f"{escape(value)}</gmd:{codelist}></gmd:{name}>"
    )


@lru_cache(1024)
def language(name: str, tag: str) -> str:
    """A language: its ISO 639-2 code, and as text the BCP 47 tag where that says more."""
    three = iso639_2(tag)
    text = tag if "-" in tag else three
    return (
        f'<gmd:{name}><gmd:LanguageCode codeList="{_LANGUAGES}" codeListValue="{any_uri(three)}">'
        f"{escape(text)}</gmd:LanguageCode></gmd:{name}>"
    )


def free_text(name: str, text: Text | None, tongues: Tongues, href: str = "") -> str:
    """A text in all its languages (PT_FreeText); a gmx:Anchor where it has an address. Nothing for none.

    The plain text is the first value. Where that is not in the document's own language, it is repeated
    with its locale.
    """
    pairs = values(text)
    if not pairs:
        return ""
    language_of_first, value = pairs[0]
    own = language_of_first in (tongues.own, UNDETERMINED)
    if own and len(pairs) == 1:
        return _plain(name, value, href) if len(value) <= _SHORT else _plainly(name, value, href)
    plain = _characters(value, href)
    others = pairs[1:] if own else pairs
    return (
        f'<gmd:{name} xsi:type="gmd:PT_FreeText_PropertyType">{plain}'
        f"<gmd:PT_FreeText>{_localised(others, tongues)}</gmd:PT_FreeText></gmd:{name}>"
    )


def _characters(value: str, href: str) -> str:
    if href:
        return f'<gmx:Anchor xlink:href="{any_uri(href)}">{escape(value)}</gmx:Anchor>'
    return f"<gco:CharacterString>{escape(value)}</gco:CharacterString>"


def _plainly(name: str, value: str, href: str) -> str:
    return f"<gmd:{name}>{_characters(value, href)}</gmd:{name}>"


#: Names, keywords and licences come again and again, longer texts hardly ever.
_plain = lru_cache(8192)(_plainly)
_SHORT: Final = 120


def _localised(pairs: Iterable[tuple[str, str]], tongues: Tongues) -> str:
    return "".join(
        f'<gmd:textGroup><gmd:LocalisedCharacterString locale="#{tongues.locale(tag)}">'
        f"{escape(value)}</gmd:LocalisedCharacterString></gmd:textGroup>"
        for tag, value in pairs
    )


def locales(tongues: Tongues) -> str:
    """gmd:locale for each language that the document has used beside its own."""
    return "".join(
        f'<gmd:locale><gmd:PT_Locale id="{name}">{language("languageCode", tag)}'
        f"{code('characterEncoding', 'MD_CharacterSetCode', 'utf8')}</gmd:PT_Locale></gmd:locale>"
        for tag, name in tongues.ids.items()
    )


def dated(name: str, value: str, missing: str = "missing") -> str:
    """A date or a moment; nil where the value is neither."""
    if not is_date(value):
        return nil(name, missing)
    kind = "DateTime" if "T" in value else "Date"
    return f"<gmd:{name}><gco:{kind}>{value}</gco:{kind}></gmd:{name}>"


def url(name: str, address: str) -> str:
    """A gmd:URL."""
    return f"<gmd:{name}><gmd:URL>{any_uri(address)}</gmd:URL></gmd:{name}>"


def wrap(name: str, kind: str, content: str) -> str:
    """A property with an object of this class; nothing for an empty content."""
    return f"<gmd:{name}><gmd:{kind}>{content}</gmd:{kind}></gmd:{name}>" if content else ""
