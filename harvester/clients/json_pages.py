"""JSON answers: decoded once, with the records in them kept as the bytes that were sent."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from harvester.clients.answers import unreadable
from harvester.http import Answer

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Link(msgspec.Struct):
    """A link (RFC 8288 in JSON). What is not a string is no link."""

    href: str = ""
    rel: str = ""
    type: str = ""


class Identified(msgspec.Struct):
    """What a client has to know of a feature before its reader reads it."""

    id: str | int = ""
    properties: dict[str, object] | None = None
    links: list[Link] = msgspec.field(default_factory=list)


def decoded(answer: Answer, shape: type[Shape]) -> Shape:
    """The answer as an object of this shape.

    Raises:
        AnswerUnreadable: it is not JSON, is cut off, or is of another shape.
    """
    answer.require_success()
    content = answer.content.removeprefix(b"\xef\xbb\xbf")
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise unreadable(answer, _why(content, error)) from error


def _why(content: bytes, error: Exception) -> str:
    if not content.strip():
        return "the answer is empty"
    if not content.lstrip().startswith((b"{", b"[")):
        return "not JSON"
    return f"not the JSON that was expected ({error})"


def part(payload: bytes, shape: type[Shape]) -> Shape | None:
    """One record as an object of this shape; None where it is none."""
    try:
        return msgspec.json.decode(payload, type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
