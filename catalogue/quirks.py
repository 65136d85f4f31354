"""Quirks: named departures from the standard that a source needs. Each is off unless the source has it.

A quirk is a field here, with the cause that made it necessary in its metadata: nothing guesses by host
name, and whoever reads a source's settings later can test whether the reason still holds.
`docs/quirks.md` lists them; a check-up (`harvester.doctor`) proposes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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

#: A day; no wait for a source is longer.
_LONGEST_SECONDS: Final = 86400
#: Records: no page is asked to be larger.
_LARGEST_PAGE: Final = 5000
_HIGHEST_COUNT: Final = 1_000_000_000
#: RFC 9110, section 5.6.2.
HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: Headers that carry secrets, or that are ours to set.
_NOT_HERE: Final = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "accept-encoding",
        "user-agent",
        "if-none-match",
        "if-modified-since",
    }
)


def _quirk(default: Any, cause: str, check: Callable[[Any], object] | None = None) -> Any:
    """A quirk; `check` raises a ValueError for a value that will not do."""
    return field(default=default, metadata={"cause": cause, "check": check})


def _seconds(value: float) -> None:
    if not 0 <= value <= _LONGEST_SECONDS:
        raise ValueError(f"seconds, {_LONGEST_SECONDS} at most")


def _page_size(value: int) -> None:
    if not 0 <= value <= _LARGEST_PAGE:
        raise ValueError(f"records on a page, {_LARGEST_PAGE} at most")


def one_of(*values: str) -> Callable[[str], None]:
    """A check that a value is one of these."""

    def check(value: str) -> None:
        if value not in values:
            raise ValueError(f"one of {', '.join(values)}")

    return check


def _count(value: int) -> None:
    if not 0 <= value <= _HIGHEST_COUNT:
        raise ValueError(f"a number, {_HIGHEST_COUNT} at most")


def _one_line(value: str) -> None:
    if not (value.isascii() and value.isprintable()):
        raise ValueError("printable ASCII characters in one line")


def headers_of(text: str) -> dict[str, str]:
    """The headers that are written as `Name: value | Name: value`.

    Raises:
        ValueError: it is not written so, or a header is one that we set ourselves, or holds a secret.
    """
    found = {}
    for part in filter(None, map(str.strip, text.split(" | "))):
        name, colon, value = part.partition(":")
        if not (colon and HEADER_NAME.fullmatch(name)):
            raise ValueError("headers are written Name: value, with ' | ' between them")
        if name.lower() in _NOT_HERE:
            raise ValueError(f"{name} is not set here; secrets are set with `clearinghouse source secret`")
        _one_line(value)
        found[name] = value.strip()
    return found


@dataclass(frozen=True, slots=True)
class Quirks:
    """What a source does otherwise than its protocol says, as far as we have to know it."""

    tls_unverified: bool = _quirk(
        default=False, cause="its certificate or chain is broken, and it cannot mend it"
    )
    secrets_over_http: bool = _quirk(default=False, cause="it wants a password or a key, and has no https")
    no_proxy: bool = _quirk(default=False, cause="the proxy does not lead to it: it is in a network of ours")
    read_timeout: float = _quirk(
        0.0, "it thinks for minutes before it answers, deep in its list above all", _seconds
    )
    answer_deadline: float = _quirk(0.0, "its line is so poor that one page takes longer", _seconds)
    host_pause: float = _quirk(0.0, "it falls over, or bars us, when asked without a pause", _seconds)
    user_agent: str = _quirk("", "it turns away names that it does not know", _one_line)
    headers: str = _quirk("", "it answers only requests that carry a header of its own making", headers_of)
    no_validators: bool = _quirk(
        default=False, cause="it says that a document has not changed although it has"
    )
    undescribed: bool = _quirk(
        default=False, cause="Identify or GetCapabilities times out while its lists work"
    )
    page_size: int = _quirk(0, "pages of the usual size are too much for it, or too slow", _page_size)
    whole_list: bool = _quirk(
        default=False, cause="what it says has changed since a date is not what has changed"
    )
    csw_version: str = _quirk("", "it speaks only one version of CSW well", one_of("2.0.2", "3.0.0"))
    csw_method: str = _quirk(
        "", "it answers only one of GET, POST and SOAP rightly", one_of("get", "post", "soap")
    )
    csw_unsorted: bool = _quirk(default=False, cause="it loses records or fails where it is asked to sort")
    token_with_prefix: bool = _quirk(
        default=False, cause="it calls a resumptionToken without metadataPrefix a badArgument"
    )
    omit_prefix: bool = _quirk(
        default=False, cause="it has one format only, and calls metadataPrefix a badArgument"
    )
    token_verbatim: bool = _quirk(
        default=False, cause="its tokens are percent-encoded, and must come back as they stand"
    )
    force_days: bool = _quirk(
        default=False, cause="it says seconds, and understands only days, or gives some records only days"
    )
    overlap_seconds: int = _quirk(
        default=0,
        cause="its records become visible later than their datestamps say",
        check=_seconds,
    )
    window_days: int = _quirk(
        default=0, cause="its lists break or grow slow with length, whatever the window", check=_count
    )
    window_overlap: bool = _quirk(
        default=False, cause="its until ends where the day begins, and not with the day"
    )
    most_empty_pages: int = _quirk(
        default=10, cause="it filters its pages after cutting them, and many in a row are empty", check=_count
    )
    accept_recovered: bool = _quirk(
        default=False, cause="it sends markup that no repair mends, and is better than nothing"
    )
    stop_after: int = _quirk(
        default=0, cause="its list is endless or far too long, and a sample of it will do", check=_count
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
            _checked(found.name, change[found.name], found.metadata["check"])
        return replace(self, **change)


def names() -> list[str]:
    """The name of every quirk."""
    return [one.name for one in fields(Quirks)]


def causes() -> dict[str, str]:
    """Why each quirk is there."""
    return {one.name: str(one.metadata["cause"]) for one in fields(Quirks)}


def _checked(name: str, value: Any, check: Callable[[Any], object] | None) -> None:
    try:
        if check is not None:
            check(value)
    except ValueError as error:
        raise SettingsError(f"that will not do for the quirk {name!r}: {error}") from error


def _value(name: str, default: Any, text: str) -> Any:
    try:
        if isinstance(default, bool):
            return _SWITCH[text.lower()]
        return type(default)(text)
    except (KeyError, ValueError) as error:
        kind = "on or off" if isinstance(default, bool) else f"a value of type {type(default).__name__}"
        raise SettingsError(f"{text!r} will not do for the quirk {name!r}: {kind}") from error
