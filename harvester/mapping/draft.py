"""A record while its Dublin Core is being read, and what several elements together amount to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from catalogue.errors import UnreadableRecord
from catalogue.record import (
    UNDETERMINED,
    Agent,
    Box,
    Date,
    Identifier,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Subject,
    Text,
)
from harvester.mapping.texts import line

_LONGEST_TITLE: Final = 160


class Draft:
    """A record while its elements are being read."""

    __slots__ = (
        "abstracts",
        "agents",
        "alternative_titles",
        "boxes",
        "dates",
        "descriptions",
        "formats",
        "identifiers",
        "language",
        "languages",
        "lineage",
        "links",
        "periods",
        "places",
        "relations",
        "rights",
        "subjects",
        "titles",
        "types",
    )

    def __init__(self, language: str = UNDETERMINED) -> None:
        self.language = language
        self.titles: list[Text] = []
        self.alternative_titles: list[Text] = []
        self.abstracts: list[Text] = []
        self.descriptions: list[Text] = []
        self.agents: list[Agent] = []
        self.dates: list[Date] = []
        self.subjects: list[Subject] = []
        self.types: list[Text] = []
        self.formats: list[str] = []
        self.identifiers: list[Identifier] = []
        self.relations: list[Relation] = []
        self.languages: list[str] = []
        self.rights: list[Right] = []
        self.links: list[Link] = []
        self.boxes: list[Box] = []
        self.places: list[Text] = []
        self.periods: list[Period] = []
        self.lineage: list[Text] = []

    def record(self, rule: str) -> Record:
        """The record; `rule` is broken where nothing in it can serve as a title."""
        title, others = _one_title(self.titles)
        descriptions = _in_parallel([*self.abstracts, *self.descriptions])
        return Record(
            title=title or self._stand_in(descriptions, rule),
            alternative_titles=(*others, *_in_parallel(self.alternative_titles)),
            descriptions=descriptions,
            agents=tuple(self.agents),
            dates=tuple(self.dates),
            subjects=tuple(self.subjects),
            types=tuple(self.types),
            formats=tuple(self.formats),
            identifiers=tuple(self.identifiers),
            relations=tuple(self.relations),
            languages=tuple(self.languages),
            rights=tuple(self.rights),
            links=tuple({link.url: link for link in reversed(self.links)}.values())[::-1],
            boxes=tuple(self.boxes),
            places=tuple(self.places),
            periods=tuple(self.periods),
            lineage=Text.merge(self.lineage),
        )

    def _stand_in(self, descriptions: tuple[Text, ...], rule: str) -> Text:
        """A title for a record without one."""
        names = [identifier.value for identifier in self.identifiers]
        return stand_in_title([*self.alternative_titles, *descriptions], names, rule)


def stand_in_title(texts: Iterable[Text], names: Iterable[str], rule: str) -> Text:
    """The title of a record without one: the beginning of its first text, or else its identifier.

    Raises:
        UnreadableRecord: there is none of them, so that nobody could tell what the record is about.
    """
    for text in texts:
        return Text(tuple((language, _shortened(value)) for language, value in text.values))
    for name in names:
        return Text.of(name)
    raise UnreadableRecord(rule, "title", "", "no title, and no description or identifier to stand in for it")


def _shortened(text: str) -> str:
    flat = line(text)
    if len(flat) <= _LONGEST_TITLE:
        return flat
    return flat[:_LONGEST_TITLE].rpartition(" ")[0].rstrip(",;:.") + " …"


def _one_title(titles: list[Text]) -> tuple[Text | None, list[Text]]:
    """One title in many languages; the second of a language is an alternative title."""
    if not titles:
        return None, []
    if len(titles) == 1:
        return titles[0], []
    values: dict[str, str] = {}
    others: list[Text] = []
    for text in titles:
        ((language, value),) = text.values
        if values.setdefault(language, value) != value:
            others.append(text)
    return Text(tuple(values.items())), others


def _in_parallel(texts: list[Text]) -> tuple[Text, ...]:
    """Texts that say the same in several languages, as one: the n-th of a language goes with the n-th.

    Only texts whose language is stated are put together; what is repeated word for word is kept once.
    """
    if len(texts) < 2:  # noqa: PLR2004 - the usual case, without a detour
        return tuple(texts)
    together: list[dict[str, str]] = []
    stated: list[dict[str, str]] = []
    seen: dict[str, int] = {}
    for text in dict.fromkeys(texts):
        ((language, value),) = text.values
        number = seen.get(language, 0)
        if language != UNDETERMINED:
            seen[language] = number + 1
            if number < len(stated):
                stated[number][language] = value
                continue
        together.append({language: value})
        if language != UNDETERMINED:
            stated.append(together[-1])
    return tuple(Text(tuple(one.items())) for one in together)
