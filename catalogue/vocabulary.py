"""Vocabularies: terms with their labels, from tables in config/vocabularies.

A table is a CSV file of its vocabulary's name: `id`, a column `label_<language>` for each language, and what
else is known of a term. Where nobody has a label in a language the cell is empty: none is made up.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from catalogue.errors import SettingsError
from catalogue.settings import CONFIG

FOLDER: Final = CONFIG / "vocabularies"
#: The six languages of the United Nations, in the order in which we list labels.
LANGUAGES: Final = ("en", "fr", "es", "ru", "zh", "ar")
_LABEL: Final = "label_"


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a vocabulary."""

    id: str
    #: Language (BCP 47) -> label; only languages that have one.
    labels: Mapping[str, str]
    #: Every other column, by name.
    more: Mapping[str, str]

    def values(self, column: str) -> tuple[str, ...]:
        """The values in a column, which has `|` between several."""
        return tuple(value for value in self.more.get(column, "").split("|") if value)


@cache
def vocabulary(name: str, folder: Path = FOLDER) -> Mapping[str, Term]:
    """A vocabulary's terms by id, in the table's order.

    Raises:
        SettingsError: there is no such table, or it has no column `id`.
    """
    path = folder / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as table:
            return {row["id"]: _term(row) for row in csv.DictReader(table)}
    except OSError as error:
        raise SettingsError(f"there is no vocabulary {name!r} in {folder}") from error
    except KeyError as error:
        raise SettingsError(f"{path} has no column 'id'") from error


def _term(row: Mapping[str, str]) -> Term:
    labels = {
        column.removeprefix(_LABEL): label
        for column, label in row.items()
        if column.startswith(_LABEL) and label
    }
    told = {"id", *(column for column in row if column.startswith(_LABEL))}
    return Term(row["id"], labels, {column: value for column, value in row.items() if column not in told})
