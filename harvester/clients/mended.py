"""What is kept and said of an answer that had to be repaired: the same for every protocol."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from catalogue.store.holdings.payloads import digest
from harvester.clients.base import Item, Note, Page

_DECLARED: Final = re.compile(rb"\sxmlns(?::[^\s=]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def of_page(page: Page, raw: bytes, repairs: tuple[str, ...]) -> Page:
    """A page with all that is kept and said of the repairs of its answer."""
    items = marked(raw, repairs, page.items)
    return replace(
        page,
        items=items,
        notes=(*page.notes, *repair_notes(raw, repairs, items)),
        set_aside=(*page.set_aside, *kept(raw, repairs)),
    )


def marked(raw: bytes, repairs: tuple[str, ...], items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items; those that a repair of their answer has touched are marked.

    Args:
        raw: the answer as it was sent.
        repairs: names of what was mended in it.
        items: what came out of it.
    """
    if not repairs:
        return items
    return tuple(
        item if item.payload is None or _is_as_sent(item.payload, raw) else replace(item, repairs=repairs)
        for item in items
    )


def _is_as_sent(payload: bytes, raw: bytes) -> bool:
    """Whether a payload stands in the answer, but for declarations that it inherited from the envelope."""
    if payload in raw:
        return True
    start, _, inner = payload.partition(b">")
    end = raw.find(b">" + inner) if inner else -1
    if end < 0:
        return False
    sent = raw[raw.rfind(b"<", 0, end) : end]
    declared, here = (frozenset(found[0] for found in _DECLARED.finditer(tag)) for tag in (start, sent))
    return here <= declared and _DECLARED.sub(b"", start) == _DECLARED.sub(b"", sent)


def kept(raw: bytes, repairs: tuple[str, ...]) -> tuple[tuple[bytes, bytes], ...]:
    """The answer as it was sent, where it had to be repaired."""
    return ((digest(raw), raw),) if repairs else ()


def repair_notes(raw: bytes, repairs: tuple[str, ...], items: Sequence[Item]) -> tuple[Note, ...]:
    """What was repaired, and where the answer is kept as it was sent."""
    if not repairs:
        return ()
    touched = [item.identifier for item in items if item.repairs]
    detail = {
        "repairs": list(repairs),
        "records": len(touched),
        "first": touched[0] if touched else "",
        "answer": digest(raw).hex(),
    }
    return (Note("page-repaired", detail),)
