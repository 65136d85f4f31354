"""The property types of ISO/TS 19139: character strings, free text, anchors, codes, dates.

A property element holds one object element, or says by gco:nilReason or xlink:href that it does not.
Profiles put objects of their own in place of the standard's (`che:CHE_CI_Address`, `mcp:MD_Metadata`), so
the property's name decides, and the object is whatever element stands inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.languages import bcp47, tag_of
from catalogue.record import UNDETERMINED, Text
from harvester.mapping.texts import inner_text, line, paragraphs

GMD: Final = f"{{{ns.GMD}}}"
SRV: Final = f"{{{ns.SRV}}}"
XLINK_HREF: Final = f"{{{ns.XLINK}}}href"
XLINK_TITLE: Final = f"{{{ns.XLINK}}}title"
#: ISO 19115-3 has them in a package of their own, and is the same in all else.
_PT_FREE_TEXT: Final = frozenset({GMD + "PT_FreeText", f"{{{ns.LAN}}}PT_FreeText"})
_LOCALISED: Final = (GMD + "LocalisedCharacterString", f"{{{ns.LAN}}}LocalisedCharacterString")


@dataclass(frozen=True, slots=True)
class Locales:
    """The languages of one metadata document: its own, and those that its locales declare."""

    default: str = UNDETERMINED
    #: id of a gmd:PT_Locale -> BCP 47 tag.
    ids: dict[str, str] = field(default_factory=dict)

    def language(self, reference: str) -> str:
        """The language of a `locale` attribute (`#locale-fr`); by its name where it is declared nowhere."""
        name = reference.rpartition("#")[2]
        known = self.ids.get(name) or self.ids.get(name.lower())
        return known or tag_of(name.rpartition("-")[2]) or UNDETERMINED


def child_object(element: etree._Element) -> etree._Element | None:
    """The object inside a property element; None where it is nil or only a reference."""
    if not len(element):
        return None
    child = element[0]
    # A comment may come first; its tag is a function.
    return child if isinstance(child.tag, str) else next(element.iterchildren("*"), None)


def first(parent: etree._Element, tag: str) -> etree._Element | None:
    """The first property with this tag."""
    return next(parent.iterchildren(tag), None)


def objects(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The objects in all properties with this tag."""
    for element in parent.iterchildren(tag):
        found = child_object(element)
        if found is not None:
            yield found


def down(parent: etree._Element, *tags: str) -> etree._Element | None:
    """The object that is reached by following these properties, the first of each."""
    found: etree._Element | None = parent
    for tag in tags:
        found = next(objects(found, tag), None) if found is not None else None
    return found


def characters(element: etree._Element) -> str:
    """The text of a property in the document's own language, on one line."""
    child = child_object(element)
    if child is not None and child.tag in _PT_FREE_TEXT:
        child = next((other for other in element.iterchildren("*") if other.tag not in _PT_FREE_TEXT), None)
    return line(inner_text(child) if child is not None else element.text or "")


def characters_of(parent: etree._Element, tag: str) -> str:
    """The text of the first property with this tag; empty where there is none."""
    element = next(parent.iterchildren(tag), None)
    return characters(element) if element is not None else ""


def code(element: etree._Element) -> str:
    """The value of a codelist property: codeListValue, or else the text."""
    child = child_object(element)
    if child is None:
        return line(element.text or "")
    return (child.get("codeListValue") or "").strip() or line(inner_text(child))


def code_of(parent: etree._Element, tag: str) -> str:
    """The code in the first property with this tag; empty where there is none."""
    element = next(parent.iterchildren(tag), None)
    return code(element) if element is not None else ""


def language(element: etree._Element) -> str:
    """The language of a gmd:language or gmd:languageCode as BCP 47; as sent where it is not understood.

    The element's text is preferred where it is a finer tag of the same language as its code: `zh-Hant`
    with the code `chi`.
    """
    tag = bcp47(code(element))
    child = child_object(element)
    finer = bcp47(line(inner_text(child))) if child is not None and child.get("codeListValue") else ""
    return finer if finer.startswith(f"{tag}-") else tag


def locales_of(metadata: etree._Element) -> Locales:
    """The document's own language (gmd:language) and its other ones (gmd:locale)."""
    own = first(metadata, GMD + "language")
    ids = {}
    for locale in objects(metadata, GMD + "locale"):
        declared = first(locale, GMD + "languageCode")
        name = locale.get("id")
        if declared is not None and name:
            tag = language(declared) or UNDETERMINED
            ids[name] = tag
            ids.setdefault(name.lower(), tag)
    return Locales((language(own) if own is not None else "") or UNDETERMINED, ids)


def free_text(element: etree._Element, locales: Locales, form: Callable[[str], str] = line) -> Text | None:
    """The text of a property in all its languages (ISO/TS 19139, 8.5.2); None where it has none.

    The document's own language comes first. Where the plain text repeats what is said to be in another
    language, it is that language.
    """
    own, localised = "", None
    for child in element:
        tag = child.tag
        if tag in _PT_FREE_TEXT:
            localised = _localised(child, locales, form)
        elif not own and isinstance(tag, str):
            own = form(inner_text(child))
    if localised is None:
        own = own or form(element.text or "")
        return Text(((locales.default, own),)) if own else None
    values: dict[str, str] = {}
    if own:
        same = next((tag for tag, value in localised if value == own), locales.default)
        values[same] = own
    for tag, value in localised:
        values.setdefault(tag, value)
    return Text(tuple(values.items())) if values else None


def _localised(free: etree._Element, locales: Locales, form: Callable[[str], str]) -> list[tuple[str, str]]:
    found = []
    for string in free.iterdescendants(*_LOCALISED):
        value = form(inner_text(string))
        if value:
            found.append((locales.language(string.get("locale", "")), value))
    return found


def free_text_of(parent: etree._Element, tag: str, locales: Locales) -> Text | None:
    """The text of the first property with this tag, on one line."""
    element = next(parent.iterchildren(tag), None)
    return free_text(element, locales) if element is not None else None


def long_text(element: etree._Element, locales: Locales) -> Text | None:
    """The text of a property whose paragraphs are kept."""
    return free_text(element, locales, paragraphs)


def reference(element: etree._Element) -> str:
    """The xlink:href of a property or of the anchor inside it; empty where there is none."""
    child = child_object(element)
    href = (child.get(XLINK_HREF) if child is not None else None) or element.get(XLINK_HREF)
    return href.strip() if href else ""
