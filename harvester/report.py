"""What a remap changed: how many records of each kind of change, with examples. Carried in its checkpoint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

#: Examples of each kind of change.
_EXAMPLES: Final = 3
#: Kinds of changes that are told apart; the rest are counted together.
_KINDS: Final = 200
OTHERS: Final = "other changes"


class Report:
    """Counts kinds of changes, and remembers some records of each."""

    def __init__(self, found: dict[str, Any] | None = None) -> None:
        self._found: dict[str, dict[str, Any]] = {
            kind: {"records": told["records"], "examples": list(told["examples"])}
            for kind, told in (found or {}).items()
        }

    def add(self, identifier: str, kinds: Iterable[str]) -> None:
        """One record has changed in these ways."""
        for kind in kinds:
            known = kind if kind in self._found or len(self._found) < _KINDS else OTHERS
            told = self._found.setdefault(known, {"records": 0, "examples": []})
            told["records"] += 1
            if len(told["examples"]) < _EXAMPLES:
                told["examples"].append(identifier)

    def written(self) -> dict[str, Any]:
        """As plain values: what is most frequent first."""
        return dict(sorted(self._found.items(), key=lambda item: (-item[1]["records"], item[0])))
