"""Which nodes are wanted: by words, region, language and freshness, as the address says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from babel.numbers import format_decimal
from starlette.datastructures import QueryParams

from catalogue.freshness import Freshness
from endpoint.languages import Language, words
from endpoint.nodes.board import Line
from endpoint.nodes.wording import FRESHNESS, language_name, term

#: Nodes on a page.
PAGE: Final = 100
_LONGEST: Final = 200
_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Wish:
    """Which nodes are wanted."""

    text: str = ""
    #: A term of the vocabulary `regions`.
    region: str = ""
    #: BCP 47.
    language: str = ""
    freshness: Freshness | None = None
    page: int = 1

    @classmethod
    def of(cls, asked: QueryParams) -> Wish:
        """As the address says; what cannot be understood is left out."""
        keys = {word.key: word for word in Freshness}
        page = asked.get("page", "")
        return cls(
            " ".join(asked.get("q", "")[:_LONGEST].split()),
            asked.get("region", "")[:_LONGEST],
            asked.get("language", "")[:_LONGEST],
            keys.get(asked.get("fresh", "")),
            max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < _DIGITS else 1,
        )

    @property
    def is_for_all(self) -> bool:
        """Whether every node is wanted."""
        return not (self.text or self.region or self.language or self.freshness)

    @property
    def query(self) -> dict[str, str]:
        """As it stands in addresses, without the page."""
        told = {
            "q": self.text,
            "region": self.region,
            "language": self.language,
            "fresh": self.freshness.key if self.freshness else "",
        }
        return {name: value for name, value in told.items() if value}

    def wants(self, line: Line) -> bool:
        """Whether a node is meant."""
        owner = line.participant.organisation
        text = f"{line.name} {line.id} {owner.name if owner else ''}".casefold()
        return (
            all(word in text for word in self.text.casefold().split())
            and self.region in {"", line.participant.region}
            and (not self.language or self.language in line.languages)
            and self.freshness in {None, line.freshness}
        )

    def chosen(self, lines: Iterable[Line]) -> list[Line]:
        """The nodes that are wanted."""
        return [line for line in lines if self.wants(line)]


@dataclass(frozen=True, slots=True)
class Option:
    """A value that can be chosen, and how many nodes have it."""

    value: str
    label: str
    is_chosen: bool


def options(lines: Sequence[Line], wish: Wish, language: Language) -> dict[str, list[Option]]:
    """What can be chosen from: what any of these nodes has."""
    say = words(language.tag).gettext
    regions = Counter(line.participant.region for line in lines if line.participant.region)
    spoken = Counter(tag for line in lines for tag in line.languages)
    fresh = Counter(line.freshness for line in lines)

    def made(
        counts: Counter[str], label: Callable[[str], str], chosen: str, key: Callable[[str], str] = str
    ) -> list[Option]:
        found = [
            Option(
                key(value), f"{label(value)} ({format_decimal(count, locale=language.tag)})", value == chosen
            )
            for value, count in counts.items()
        ]
        return sorted(found, key=lambda option: option.label.casefold())

    words_for = {word.value: word for word in Freshness}
    return {
        "region": made(regions, lambda one: term("regions", one, language), wish.region),
        "language": made(spoken, lambda tag: language_name(tag, language), wish.language),
        "fresh": made(
            Counter({word.value: count for word, count in fresh.items()}),
            lambda word: say(FRESHNESS[words_for[word]]),
            wish.freshness.value if wish.freshness else "",
            lambda word: words_for[word].key,
        ),
    }
