"""What tells two readings of one record apart, in words: for guards, and for the report of a remap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from catalogue.record import UNDETERMINED, Concept, Record, Text

#: Fields that a record of a node that is well has and keeps; what people call them.
_KEPT: Final = {
    "descriptions": "the abstract",
    "agents": "contacts",
    "subjects": "keywords",
    "dates": "dates",
    "identifiers": "identifiers",
    "links": "links",
    "rights": "rights",
    "boxes": "the extent",
}


def losses(old: Record, new: Record) -> list[str]:
    """What a record has lost: languages of its texts, and fields that are empty now."""
    gone = sorted(languages(old) - languages(new))
    return [f"texts in {language}" for language in gone] + [
        words for name, words in _KEPT.items() if getattr(old, name) and not getattr(new, name)
    ]


def languages(record: Record) -> set[str]:
    """The languages of a record's texts, as far as they are stated."""
    texts = _texts(
        (record.title, *record.alternative_titles, *record.descriptions, *(s.label for s in record.subjects))
    )
    return {language for language, _ in texts} - {UNDETERMINED}


def _texts(texts: Iterable[Text]) -> Iterator[tuple[str, str]]:
    for text in texts:
        yield from text.values


def differences(old: Record, new: Record) -> list[str]:
    """What has become of a record's fields, languages and concepts."""
    found = [
        f"{name} {_change(getattr(old, name), getattr(new, name))}"
        for name in Record.__struct_fields__
        if name != "concepts" and getattr(old, name) != getattr(new, name)
    ]
    found += _gained_and_lost("language", languages(old), languages(new))
    return found + _gained_and_lost("concept", _concepts(old.concepts), _concepts(new.concepts))


def _change(old: Any, new: Any) -> str:
    if not old:
        return "gained"
    return "changed" if new else "lost"


def _concepts(concepts: Iterable[Concept]) -> set[str]:
    return {f"{concept.vocabulary} {concept.term}" for concept in concepts}


def _gained_and_lost(what: str, old: set[str], new: set[str]) -> list[str]:
    return [f"{what} gained: {one}" for one in sorted(new - old)] + [
        f"{what} lost: {one}" for one in sorted(old - new)
    ]
