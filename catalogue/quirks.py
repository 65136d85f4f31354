"""Quirks: named departures from the standard that a source needs. Each is off unless the source has it.

A quirk is a field here, with the cause that made it necessary in its metadata: nothing guesses by host
name, and whoever reads a source's settings later can test whether the reason still holds.
`docs/quirks.md` lists them; the probe proposes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from catalogue.errors import SettingsError

#: How a quirk that is on or off may be written.
_SWITCH: Final = {
    "on": True,
    "yes": True,
    "true": True,
    "1": True,
    "off": False,
    "no": False,
    "false": False,
    "0": False,
}


def _quirk(default: Any, cause: str) -> Any:
    return field(default=default, metadata={"cause": cause})


@dataclass(frozen=True, slots=True)
class Quirks:
    """What a source does otherwise than its protocol says, as far as we have to know it."""

    tls_unverified: bool = _quirk(
        default=False, cause="its certificate or chain is broken, and it cannot mend it"
    )

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Quirks:
        """Quirks as they are stored; what this release does not know is left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in found.items() if name in known})

    def to_json(self) -> dict[str, Any]:
        """Those that are not as by default."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name)) != one.default}

    def set(self, name: str, text: str) -> Quirks:
        """A copy in which this quirk has the value that is written so; empty for its default.

        Raises:
            SettingsError: there is no such quirk, or the value is not one of its kind.
        """
        found = next((one for one in fields(self) if one.name == name.replace("-", "_")), None)
        if found is None:
            raise SettingsError(f"{name!r} is not a quirk; there are: {', '.join(names())}")
        change: dict[str, Any] = {found.name: found.default}
        if text:
            change[found.name] = _value(found.name, found.default, text)
        return replace(self, **change)


def names() -> list[str]:
    """The name of every quirk."""
    return [one.name for one in fields(Quirks)]


def causes() -> dict[str, str]:
    """Why each quirk is there."""
    return {one.name: str(one.metadata["cause"]) for one in fields(Quirks)}


def _value(name: str, default: Any, text: str) -> Any:
    try:
        if isinstance(default, bool):
            return _SWITCH[text.lower()]
        return type(default)(text)
    except (KeyError, ValueError) as error:
        kind = "on or off" if isinstance(default, bool) else f"a value of type {type(default).__name__}"
        raise SettingsError(f"{text!r} will not do for the quirk {name!r}: {kind}") from error
