"""The badge of a node, for its own web page: how many records it gives here, and how fresh they are.

It is a picture that other pages show, so that it brings its own colours, and needs no style and no script.
Texts are given the width that they are reckoned to need, whatever font their reader has.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from babel.numbers import format_decimal

from catalogue.freshness import Freshness
from catalogue.xml import escape, escape_attribute
from endpoint.languages import Language, words
from endpoint.nodes.board import Line
from endpoint.nodes.wording import FRESHNESS, RECORDS

#: Each has a contrast of 4.5 and more to white (WCAG 2.2, 1.4.3).
_COLOURS: Final = {
    Freshness.FRESH: "#1f7a4d",
    Freshness.LATE: "#8a5700",
    Freshness.OLD: "#b3261e",
    Freshness.NEVER: "#4d5c5f",
    Freshness.PAUSED: "#4d5c5f",
}
_GREY: Final = "#3a4547"
_NARROW: Final = frozenset("ijlrtfI.,:;' |!()1")
_SIZE: Final = 11
_EDGE: Final = 7


@dataclass(frozen=True, slots=True)
class _Part:
    """One of its two halves."""

    text: str
    colour: str

    @property
    def inner(self) -> int:
        """What its text needs."""
        return max(8, round(sum(map(_width, self.text))))

    @property
    def outer(self) -> int:
        """The same with its edges."""
        return self.inner + 2 * _EDGE


def _width(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0.0
    if unicodedata.east_asian_width(sign) in {"W", "F"}:
        return float(_SIZE)
    return 3.9 if sign in _NARROW else 6.6


def badge(line: Line, language: Language) -> str:
    """The picture."""
    say = words(language.tag).gettext
    told = say(RECORDS) % {"count": format_decimal(line.records, locale=language.tag)}
    parts = [_Part(told, _GREY), _Part(say(FRESHNESS[line.freshness]), _COLOURS[line.freshness])]
    label = f"{line.name} – {parts[0].text}, {parts[1].text}"
    drawn, x = "", 0
    for part in parts if language.direction == "ltr" else reversed(parts):
        drawn += (
            f'<rect x="{x}" width="{part.outer}" height="20" fill="{part.colour}"/>'
            f'<text x="{x + part.outer / 2:g}" y="14" textLength="{part.inner}" '
            f'lengthAdjust="spacingAndGlyphs">{escape(part.text)}</text>'
        )
        x += part.outer
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{x}" height="20" viewBox="0 0 {x} 20" role="img" '
        f'aria-label="{escape_attribute(label)}" xml:lang="{language.tag}"><title>{escape(label)}</title>'
        f'<clipPath id="r"><rect width="{x}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)" fill="#fff" text-anchor="middle" font-size="{_SIZE}" '
        f'direction="{language.direction}" '
        f'font-family="Verdana,Geneva,DejaVu Sans,Noto Sans,sans-serif">{drawn}</g></svg>'
    )
