"""The arguments of an OAI-PMH request to a sample node, checked as OAI-PMH 2.0, sections 3.6 and 4, asks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


class OaiError(Exception):
    """An OAI-PMH error or exception condition (section 3.6); `code` is its name on the wire."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Rules:
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    #: resumptionToken is allowed, alone.
    resumes: bool = False


_LIST = _Rules(frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), resumes=True)
_RULES = {
    "Identify": _Rules(),
    "ListMetadataFormats": _Rules(optional=frozenset({"identifier"})),
    "ListSets": _Rules(resumes=True),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
    "GetRecord": _Rules(frozenset({"identifier", "metadataPrefix"})),
}

_SHAPES = {"YYYY-MM-DD": "%Y-%m-%d", "YYYY-MM-DDThh:mm:ssZ": "%Y-%m-%dT%H:%M:%SZ"}
#: Digits where digits must be: strptime alone also takes 2024-1-1.
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list request asks for: the arguments of selective harvesting, and where the page begins."""

    prefix: str
    from_: str = ""
    until: str = ""
    set_spec: str = ""
    offset: int = 0

    def token(self, offset: int) -> str:
        """The resumptionToken for the page that begins at `offset`."""
        return "/".join((self.prefix, self.from_, self.until, self.set_spec, str(offset)))

    @classmethod
    def from_token(cls, token: str) -> Selection:
        """What `token` wrote.

        Raises:
            OaiError: badResumptionToken.
        """
        parts = token.split("/")
        if len(parts) != len(cls.__slots__) or not parts[-1].isascii() or not parts[-1].isdigit():
            raise OaiError("badResumptionToken", f"{token!r} is not a resumptionToken of this repository")
        prefix, from_, until, set_spec, offset = parts
        return cls(prefix, from_, until, set_spec, int(offset))


def check_arguments(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The arguments by name, `verb` among them, if together they make a legal request.

    Raises:
        OaiError: badVerb or badArgument.
    """
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise OaiError("badVerb" if name == "verb" else "badArgument", f"{name} is given more than once")
        given[name] = value
    rules = _RULES.get(given.get("verb", ""))
    if rules is None:
        raise OaiError("badVerb", f"{given.get('verb', '')!r} is not a verb of OAI-PMH")
    names = given.keys() - {"verb"}
    if rules.resumes and "resumptionToken" in names:
        if len(names) > 1:
            raise OaiError("badArgument", "resumptionToken stands alone")
        return given
    if unknown := names - rules.required - rules.optional:
        raise OaiError("badArgument", f"not allowed here: {', '.join(sorted(unknown))}")
    if missing := rules.required - names:
        raise OaiError("badArgument", f"missing: {', '.join(sorted(missing))}")
    return given


def selection(given: dict[str, str], granularity: str) -> Selection:
    """The selection that a list request asks for, with dates of this granularity.

    Raises:
        OaiError: badArgument or badResumptionToken.
    """
    if token := given.get("resumptionToken"):
        return Selection.from_token(token)
    from_, until = (_datestamp(given, name, granularity) for name in ("from", "until"))
    if from_ and until:
        if len(from_) != len(until):
            raise OaiError("badArgument", "from and until are of different granularity")
        if from_ > until:
            raise OaiError("badArgument", "from is later than until")
    return Selection(given["metadataPrefix"], from_, until, given.get("set", ""))


def _datestamp(given: dict[str, str], name: str, granularity: str) -> str:
    value = given.get(name, "")
    if name not in given:
        return ""
    fits = [shape for label, shape in _SHAPES.items() if len(label) <= len(granularity)]
    if not _DATE.fullmatch(value) or not any(_parses(value, shape) for shape in fits):
        raise OaiError("badArgument", f"{name}={value!r} is not a date of granularity {granularity}")
    return value


def _parses(value: str, shape: str) -> bool:
    try:
        datetime.strptime(value, shape)  # noqa: DTZ007  only the form is looked at
    except ValueError:
        return False
    return True
