"""JSON that may hold anything: what is not of the kind that is looked for counts as absent."""

from __future__ import annotations

from typing import Any

import msgspec

from catalogue.errors import UnreadableRecord
from catalogue.xml import clean
from harvester.mapping.texts import line, paragraphs


def decode(payload: bytes) -> Any:
    """The value in a payload.

    Raises:
        UnreadableRecord: `json.malformed`.
    """
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        shown = payload[:120].decode("utf-8", "replace")
        raise UnreadableRecord("json.malformed", "", shown, str(error)) from error


def text(value: Any) -> str:
    """A string, or a number as one, on one line; without what XML and databases cannot hold."""
    if isinstance(value, str):
        return line(clean(value))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def long_text(value: Any) -> str:
    """A string with its paragraphs."""
    return paragraphs(clean(value)) if isinstance(value, str) else text(value)


def member(value: Any, *names: str) -> Any:
    """What stands under the first of these names that an object has; None where it is no object."""
    if isinstance(value, dict):
        for name in names:
            if value.get(name) not in (None, "", [], {}):
                return value[name]
    return None


def several(value: Any) -> list[Any]:
    """The members of an array; anything else alone, and nothing where there is nothing."""
    if isinstance(value, list):
        return value
    return [] if value in (None, "") else [value]


def texts(value: Any) -> list[str]:
    """The strings in an array, or the one string that stands in its place."""
    return [found for one in several(value) if (found := text(one))]


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in an array, or the one object that stands in its place."""
    return [one for one in several(value) if isinstance(one, dict)]
