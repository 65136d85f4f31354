"""What a record does not say itself is taken from the defaults of its source, and marked."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from catalogue.defaults import MARK, Defaults
from catalogue.record import Record, Right, Text
from catalogue.vocabulary import vocabulary


def with_defaults(record: Record, defaults: Defaults) -> tuple[Record, tuple[str, ...]]:
    """The record with what it does not say, and the marks of what was added."""
    added: dict[str, object] = {}
    marks = []
    if defaults.language and not record.languages:
        added["languages"] = (defaults.language,)
        marks.append(f"{MARK}language")
    if defaults.licence and not record.rights:
        added["rights"] = (_licence(defaults.licence),)
        marks.append(f"{MARK}licence")
    country = vocabulary("countries").get(defaults.country)
    if country is not None and not (record.places or record.boxes):
        added["places"] = (Text.of(country.labels["en"], "en"),)
        marks.append(f"{MARK}country")
    return (msgspec.structs.replace(record, **added) if added else record), tuple(marks)


def _licence(text: str) -> Right:
    parts = urlsplit(text)
    is_address = parts.scheme in {"http", "https"} and bool(parts.netloc) and " " not in text
    return Right(None, "license", text) if is_address else Right(Text.of(text), "license")
