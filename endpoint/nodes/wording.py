"""The words of the pages of nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue.freshness import Freshness
from catalogue.vocabulary import vocabulary
from endpoint.languages import ENGLISH, N_, Language, name_of

FRESHNESS: Final[Mapping[Freshness, str]] = {
    Freshness.FRESH: N_("fresh"),
    Freshness.LATE: N_("late"),
    Freshness.OLD: N_("out of date"),
    Freshness.NEVER: N_("not harvested yet"),
    Freshness.PAUSED: N_("paused"),
}
MEANINGS: Final[Mapping[Freshness, str]] = {
    Freshness.FRESH: N_("Its newest harvest is as recent as its schedule has it."),
    Freshness.LATE: N_("Its newest harvest is older than its schedule has it."),
    Freshness.OLD: N_("It has not been harvested for long: what is here may be out of date."),
    Freshness.NEVER: N_("No harvest of it has come to its end yet."),
    Freshness.PAUSED: N_("It is not harvested at present. Its records stay."),
}
#: A mark beside the word, so that no state is told by colour alone.
MARKS: Final[Mapping[Freshness, str]] = {
    Freshness.FRESH: "✓",
    Freshness.LATE: "◔",
    Freshness.OLD: "!",
    Freshness.NEVER: "○",
    Freshness.PAUSED: "=",
}
#: How colours are called in the style sheet.
GRADES: Final[Mapping[Freshness, str]] = {
    Freshness.FRESH: "good",
    Freshness.LATE: "partial",
    Freshness.OLD: "bad",
    Freshness.NEVER: "none",
    Freshness.PAUSED: "none",
}
RECORDS: Final = N_("Records: %(count)s")


def locale_of(language: Language) -> str:
    """Dates in English have the day first, as elsewhere on our pages."""
    return "en_GB" if language is ENGLISH else language.tag


def language_name(tag: str, language: Language) -> str:
    """What a language is called in the reader's."""
    return name_of(tag, language) or tag


def term(name: str, identifier: str, language: Language) -> str:
    """The label of a vocabulary's term in the reader's language, else in English, else its id."""
    found = vocabulary(name).get(identifier)
    labels = found.labels if found else {}
    return labels.get(language.tag) or labels.get(ENGLISH.tag) or identifier
