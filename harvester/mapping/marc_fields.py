"""The fields of a MARC 21 record: subfields by code, alternate scripts (880) beside their fields."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from lxml import etree

from catalogue.languages import bcp47, is_tag, tag_of
from catalogue.record import UNDETERMINED, Text
from catalogue.xml import local_name
from harvester.mapping.texts import inner_text, line

#: Punctuation of ISBD that ends a subfield and belongs to the next (MARC 21, appendix on ISBD).
_ISBD: Final = re.compile(r"\s*[/:;,=]\s*$")
#: $6 of a field that has an alternate: `880-01`; of the alternate: `245-01/$1`.
_LINK: Final = re.compile(r"(\d{3})-(\d{2})(?:/([^/]+))?")
#: A full stop that is part of a word.
_ABBREVIATED: Final = re.compile(r"(?:\b\w|\b(?:etc|Inc|Ltd|Co|Jr|St|Dr|ed|vol|no|p))\.$")
_ROMANISED: Final = "Latn"


class Field:
    """A data field: its indicators and subfields."""

    __slots__ = ("alternate", "indicators", "subfields", "tag")

    def __init__(self, element: etree._Element) -> None:
        self.tag = (element.get("tag") or "").strip()
        self.indicators = (element.get("ind1") or " ", element.get("ind2") or " ")
        self.subfields = [
            (part.get("code") or "", line(inner_text(part)))
            for part in element.iterchildren("*")
            if local_name(part) == "subfield"
        ]
        self.alternate: Field | None = None

    def first(self, *codes: str) -> str:
        """The first value of one of these subfields; empty where there is none."""
        return next(self.all(*codes), "")

    def all(self, *codes: str) -> Iterator[str]:
        """The values of these subfields, in their order."""
        return (value for code, value in self.subfields if code in codes and value)

    def joined(self, codes: str, between: str = " ") -> str:
        """These subfields as one text, without the punctuation that ends the last."""
        return bare(between.join(self.all(*codes)))


class Marc:
    """One record: control fields by tag, data fields by tag, and the languages of its texts."""

    __slots__ = ("controls", "fields", "language", "leader")

    def __init__(self, record: etree._Element) -> None:
        self.leader = ""
        self.controls: dict[str, str] = {}
        self.fields: dict[str, list[Field]] = defaultdict(list)
        for part in record.iterchildren("*"):
            name = local_name(part)
            if name == "leader":
                self.leader = part.text or ""
            elif name == "controlfield":
                self.controls.setdefault((part.get("tag") or "").strip(), part.text or "")
            elif name == "datafield":
                field = Field(part)
                self.fields[field.tag].append(field)
        self.language = tag_of(self.controls.get("008", "")[35:38]) or UNDETERMINED
        self._link()

    def _link(self) -> None:
        """Put each 880 beside its field; one without a field is a field itself (occurrence 00)."""
        waiting = {}
        for fields in list(self.fields.values()):
            for field in fields:
                found = _LINK.match(field.first("6"))
                if found and found[1] == "880":
                    waiting[field.tag, found[2]] = field
        for alternate in self.fields.pop("880", []):
            found = _LINK.match(alternate.first("6"))
            if not found:
                continue
            partner = waiting.get((found[1], found[2]))
            alternate.tag = found[1]
            if partner is not None and partner.alternate is None:
                partner.alternate = alternate
            else:
                self.fields[found[1]].append(alternate)

    def of(self, *tags: str) -> Iterator[Field]:
        """The fields with these tags, a tag after the other."""
        return (field for tag in tags for field in self.fields.get(tag, ()))

    def text(self, field: Field, codes: str, between: str = " ") -> Text | None:
        """These subfields as a text; with an alternate script, romanised and in the language's own.

        The language of a record is that of the resource, so a text in two scripts is in it; what else a
        field is in (a note, a heading) nobody has said.
        """
        value = field.joined(codes, between)
        other = field.alternate.joined(codes, between) if field.alternate is not None else ""
        if not value or not other:
            return Text.of(value or other) if value or other else None
        if self.language == UNDETERMINED:
            return Text.of(other)
        return Text(((f"{self.language}-{_ROMANISED}", value), (self.language, other)))


def bare(value: str) -> str:
    """A value without the punctuation that leads over to what comes next, and the full stop of a heading."""
    stripped = _ISBD.sub("", value)
    if stripped.endswith(".") and not _ABBREVIATED.search(stripped):
        stripped = stripped[:-1]
    return stripped.strip()


def languages_of(value: str) -> list[str]:
    """The languages of a 041 subfield: older records have several codes in one (`engfre`)."""
    several = len(value) % 3 == 0 and value.isalpha() and value.islower()
    parts = re.findall("...", value) if several else [value]
    return [bcp47(part) for part in parts if part not in ("und", "zxx", "mul") and is_tag(part)]
