"""From the arguments of a request, as GET or POST gave them, to one frozen request of its verb.

Behind this module nobody sees an argument's text. Which arguments a verb has: OAI-PMH 2.0, section 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from catalogue import oai_identifier
from catalogue.sets import is_legal
from endpoint.oai_pmh.errors import BadArgument, BadVerb

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Identify:
    """Section 4.2."""


@dataclass(frozen=True, slots=True)
class ListMetadataFormats:
    """Section 4.4; for one item, or for the repository where no identifier is given."""

    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class ListSets:
    """Section 4.6."""

    resumption_token: str | None = None


@dataclass(frozen=True, slots=True)
class GetRecord:
    """Section 4.1."""

    identifier: str
    metadata_prefix: str


@dataclass(frozen=True, slots=True)
class SelectiveList:
    """A list with selective harvesting (section 2.7): from the beginning, or resumed."""

    metadata_prefix: str = ""
    #: Seconds since 1970-01-01T00:00:00Z; both ends belong to the list.
    from_: int | None = None
    until: int | None = None
    set_spec: str | None = None
    #: Goes on with a list; all else is then in the token.
    resumption_token: str | None = None


@dataclass(frozen=True, slots=True)
class ListIdentifiers(SelectiveList):
    """Section 4.3."""


@dataclass(frozen=True, slots=True)
class ListRecords(SelectiveList):
    """Section 4.5."""


Request = Identify | ListMetadataFormats | ListSets | GetRecord | ListIdentifiers | ListRecords


@dataclass(frozen=True, slots=True)
class _Form:
    """What arguments a verb takes."""

    request: Callable[..., Request]
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


_SELECTIVE: Final = frozenset({"from", "until", "set", "resumptionToken"})
_PREFIX: Final = frozenset({"metadataPrefix"})
_FORMS: Final = {
    "Identify": _Form(Identify),
    "ListMetadataFormats": _Form(ListMetadataFormats, optional=frozenset({"identifier"})),
    "ListSets": _Form(ListSets, optional=frozenset({"resumptionToken"})),
    "GetRecord": _Form(GetRecord, required=_PREFIX | {"identifier"}),
    "ListIdentifiers": _Form(ListIdentifiers, required=_PREFIX, optional=_SELECTIVE),
    "ListRecords": _Form(ListRecords, required=_PREFIX, optional=_SELECTIVE),
}

_LEGAL_PREFIX: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
#: The six.
VERBS: Final = frozenset(_FORMS)

_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})Z)?")
_LENGTH_OF_DAY: Final = len("2000-01-01")
_LAST_SECOND: Final = 24 * 60 * 60 - 1
#: Errors that one answer tells: no verb has half as many arguments, and a request may have thousands.
_MOST_TOLD: Final = 20


def parse(pairs: Pairs) -> Request:
    """The request that these arguments make.

    Raises:
        BadVerb: the verb is missing, repeated or illegal.
        BadArgument: an argument is missing, repeated, illegal here, or of illegal syntax; it tells all that
            is wrong, as section 3.6 recommends.
    """
    form = _FORMS.get(_verb(pairs))
    if form is None:
        raise BadVerb("The verb is not one of the six of OAI-PMH 2.0")
    given: dict[str, str] = {}
    wrong: list[str] = []
    for name, value in pairs:
        if name in given:
            wrong.append(f"The argument {_shown(name)} is repeated")
        given[name] = value
    del given["verb"]
    wrong += _misplaced(form, given)
    values = _values(given, wrong)
    if wrong:
        raise BadArgument(*list(dict.fromkeys(wrong))[:_MOST_TOLD])
    return form.request(**values)


def _verb(pairs: Pairs) -> str:
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1:
        raise BadVerb("The verb is repeated" if verbs else "The verb is missing")
    return verbs[0]


def _misplaced(form: _Form, given: dict[str, str]) -> Iterator[str]:
    """What is wrong with there being these arguments, and no others."""
    for name in given:
        if name not in form.required and name not in form.optional:
            yield f"The argument {_shown(name)} is illegal for this verb"
    if "resumptionToken" in given and "resumptionToken" in form.optional:
        if len(given) > 1:
            yield "The argument resumptionToken is exclusive: no other argument may stand beside it"
        return
    for name in sorted(form.required):
        if name not in given:
            yield f"The argument {name} is missing"


def _values(given: dict[str, str], wrong: list[str]) -> dict[str, Any]:
    """The values of arguments, by field; what is wrong with them is added."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in _FIELDS:
            field, read = _FIELDS[name]
            try:
                values[field] = read(value)
            except BadArgument as error:
                wrong.append(str(error))
    if "from_" in values and "until" in values:
        if len(given["from"]) != len(given["until"]):
            wrong.append("The arguments from and until must have the same granularity")
        elif values["from_"] > values["until"]:
            wrong.append("The argument from must not be later than the argument until")
    return values


def _identifier(value: str) -> str:
    if not oai_identifier.is_uri(value):
        raise BadArgument("The argument identifier does not have the syntax of a URI")
    return value


def _metadata_prefix(value: str) -> str:
    if not _LEGAL_PREFIX.fullmatch(value):
        raise BadArgument("The argument metadataPrefix has an illegal syntax")
    return value


def _set(value: str) -> str:
    if not is_legal(value):
        raise BadArgument("The argument set has an illegal syntax")
    return value


def _from(value: str) -> int:
    return _first_second("from", value)


def _until(value: str) -> int:
    """Of a day, its last second: both granularities name what they include (section 2.7.1)."""
    first = _first_second("until", value)
    return first + _LAST_SECOND if len(value) == _LENGTH_OF_DAY else first


def _first_second(name: str, value: str) -> int:
    found = _DATE.fullmatch(value)
    try:
        if found:
            return int(datetime(*(int(part or 0) for part in found.groups()), tzinfo=UTC).timestamp())  # type: ignore[arg-type,misc] # mypy takes the generator's numbers for fold and tzinfo
    except ValueError:
        pass
    raise BadArgument(f"The argument {name} is not a date of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ")


def _shown(name: str) -> str:
    """An argument's name as a message repeats it."""
    return repr(name[:40])


_FIELDS: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "identifier": ("identifier", _identifier),
    "metadataPrefix": ("metadata_prefix", _metadata_prefix),
    "from": ("from_", _from),
    "until": ("until", _until),
    "set": ("set_spec", _set),
    "resumptionToken": ("resumption_token", str),
}
