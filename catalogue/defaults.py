"""What is taken to hold for a source's records where they say nothing themselves: language, licence, country.

It is added to the neutral record alone (`harvester.mapping.defaults`), never to what the node sent, and each
record says by the names of its repairs (`default.language` and so on) what was added to it so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final, Self

from catalogue.errors import SettingsError
from catalogue.languages import ENGLISH_NAMES

#: What stands before the name of each in the repairs of a record.
MARK: Final = "default."
_LONGEST: Final = 300
_COUNTRY: Final = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What is assumed of the records of one source; empty: nothing."""

    #: ISO 639-1.
    language: str = ""
    #: An address, as https://creativecommons.org/licenses/by/4.0/, or words.
    licence: str = ""
    #: ISO 3166-1: a term of the vocabulary `countries`.
    country: str = ""

    def __post_init__(self) -> None:
        """Refuse what no record could say.

        Raises:
            SettingsError: one of the three will not do.
        """
        if self.language and self.language not in ENGLISH_NAMES:
            raise SettingsError(f"{self.language!r} is not a language: two letters, as fr")
        if self.country and not _COUNTRY.fullmatch(self.country):
            raise SettingsError(f"{self.country!r} is not a country: two capital letters, as KE")
        if len(self.licence) > _LONGEST or not self.licence.isprintable():
            raise SettingsError(f"a licence is one line of {_LONGEST} characters at most")

    @classmethod
    def of(cls, stored: Mapping[str, str]) -> Self:
        """As `to_json` wrote them, also in another release."""
        return cls(**{name: text for name, text in stored.items() if name in cls.__slots__})

    def to_json(self) -> dict[str, str]:
        """Those that are set."""
        return {name: text for name, text in asdict(self).items() if text}

    def set(self, name: str, text: str) -> Defaults:
        """With this one as it is written.

        Raises:
            SettingsError: there is none of this name, or it will not do.
        """
        if name not in self.__slots__:
            raise SettingsError(f"{name!r} is none of {', '.join(self.__slots__)}")
        return Defaults(**asdict(self) | {name: text})


def without_marks(repairs: tuple[str, ...]) -> tuple[str, ...]:
    """The repairs of a record without what was added to it by default."""
    return tuple(name for name in repairs if not name.startswith(MARK))


def added_by(repairs: tuple[str, ...]) -> tuple[str, ...]:
    """What was added to a record by default, by the marks among its repairs: `language` and so on."""
    return tuple(name.removeprefix(MARK) for name in repairs if name.startswith(MARK))


#: Nothing is assumed.
NONE: Final = Defaults()
