"""The parameters of requests: each is read once, and becomes a part of a frozen, typed request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from catalogue import identifiers, reference_systems
from catalogue.errors import InvalidQuery
from catalogue.query import (
    MAX_IDENTIFIERS,
    AnyText,
    Compare,
    Identified,
    Operator,
    Predicate,
    RecordQuery,
    SortKey,
    all_of,
    any_of,
)
from catalogue.queryables import QUERYABLES, WITHOUT_VALUES, instant, last_instant
from catalogue.xml import clean
from endpoint.filters import constraints, periods
from endpoint.filters.cql2 import meaning, objects, text
from endpoint.filters.geometry import Envelope, envelope
from endpoint.languages import tags_of
from endpoint.records_api import cursor
from endpoint.records_api.problems import bad, of_query
from endpoint.records_api.properties import FACETS, IDENTITY, PROPERTIES, SORTABLES, named

DEFAULT_LIMIT: Final = 10
#: Collections on a page unless the request says otherwise, and at most.
COLLECTIONS, MOST_COLLECTIONS = 100, 1_000
_MOST_PARAMETERS: Final = 100
#: Facets of one list.
MOST_FACETS: Final = 10
_GREATEST: Final = 2**31 - 1
#: Records that may be passed over by counting; cursors go on without end.
_DEEPEST: Final = 100_000
_CORNERS, _CORNERS_3D = 4, 6
_EAST, _NORTH = 180, 90
_OPEN: Final = frozenset({"", ".."})
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?", re.ASCII)
_SCHEMED: Final = re.compile(r"(doi|handle|uuid|issn|isbn|uri):(.*)", re.IGNORECASE | re.DOTALL)
FILTER_LANGUAGES: Final = {"cql2-text": text.parse, "cql2-json": objects.parse}
_PROFILE: Final = re.compile(r"https?://\S+|\[[\w-]+:[\w.-]+\]|[\w.-]+", re.ASCII)

#: Of every request: the form and the language of the answer.
ALWAYS: Final = ("f", "lang", "language", "profile")
#: Of a list of records, beside `limit` and what is named like a property.
OF_LISTS: Final = (
    "limit", "offset", cursor.PARAMETER, "q", "bbox", "bbox-crs", "datetime", "type", "ids", "externalIds",
    "sortby", "filter", "filter-lang", "filter-crs", "facets",
)  # fmt: skip
#: Properties by whose value a list can be limited with a parameter of their name.
OF_PROPERTIES: Final = tuple(
    name
    for name, queryable in PROPERTIES.items()
    if QUERYABLES[queryable] not in WITHOUT_VALUES and name not in {*ALWAYS, *OF_LISTS}
)


@dataclass(frozen=True, slots=True)
class Sent:
    """The parameters of a request, each at most once."""

    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, query: str, known: Iterable[str]) -> Sent:
        """The parameters of a query string.

        Raises:
            Problem: one of them is not known here, or is there twice.
        """
        try:
            pairs = parse_qsl(
                query, keep_blank_values=True, errors="replace", max_num_fields=_MOST_PARAMETERS
            )
        except ValueError as error:
            raise bad("", "there are too many parameters") from error
        values: dict[str, str] = {}
        allowed = {*ALWAYS, *known}
        for name, value in pairs:
            if name not in allowed:
                raise bad(
                    clean(name),
                    f"there is no parameter {clean(name)!r} here: there are {', '.join(sorted(allowed))}",
                )
            if name in values:
                raise bad(name, f"{name} is there twice")
            if clean(value) != value:
                raise bad(name, f"{name} has characters that cannot stand in a text")
            values[name] = value
        return cls(values)

    def one(self, name: str) -> str:
        """The value; empty where there is none."""
        return self.values.get(name, "").strip()

    def several(self, name: str) -> list[str]:
        """The values between commas."""
        return [part.strip() for part in self.values.get(name, "").split(",") if part.strip()]

    def number(self, name: str, *, default: int, least: int) -> int:
        """A whole number.

        Raises:
            Problem: it is none, or too small.
        """
        sent = self.one(name)
        if name not in self.values:
            return default
        if not (sent.isascii() and sent.isdigit()) or not least <= int(sent[:20]) <= _GREATEST:
            raise bad(name, f"{name} is a whole number from {least} on, not {sent!r}")
        return int(sent)

    def languages(self, accept_language: str) -> tuple[str, ...]:
        """The languages that are wanted, the best first.

        Raises:
            Problem: what is asked for by name is no language.
        """
        asked = self.one("language") or self.one("lang")
        found = tags_of(asked or accept_language)
        if asked and not found:
            raise bad("language", f"{asked!r} is no list of languages")
        return found

    def check_profile(self) -> None:
        """Check that profiles are named as they may be.

        Raises:
            Problem: they are not.
        """
        for one in self.several("profile"):
            if not _PROFILE.fullmatch(one):
                raise bad("profile", f"{one!r} is no profile: a URI, a safe CURIE or an identifier")


def record_query(
    sent: Sent, scope: Predicate | None, *, most: int
) -> tuple[RecordQuery, cursor.Cursor | None]:
    """What a list of records is asked for, and where it goes on.

    Args:
        sent: the parameters.
        scope: what all of the list is part of; None for the whole catalogue.
        most: records that one answer may hold.

    Raises:
        Problem: a parameter has a value that it cannot have.
    """
    parts = [scope, *(read(sent) for read in _PREDICATES), *_properties(sent)]
    where = tuple(part for part in parts if part is not None)
    sort = _sort(sent)
    place = cursor.read(sent.one(cursor.PARAMETER), sort) if cursor.PARAMETER in sent.values else None
    offset = sent.number("offset", default=0, least=0)
    if offset > _DEEPEST:
        raise bad("offset", f"offset may be at most {_DEEPEST}: go on along the links of the answers")
    if place and "offset" in sent.values:
        raise bad("offset", "offset and cursor cannot stand together")
    try:
        query = RecordQuery(
            where=all_of(where) if where else None,
            sort=sort,
            offset=offset,
            limit=min(sent.number("limit", default=DEFAULT_LIMIT, least=1), most),
            after=place.place if place else None,
        )
    except InvalidQuery as error:
        raise of_query(error, "filter") from error
    return query, place


def facets(sent: Sent) -> list[str]:
    """The properties of whose values a list is to tell the most frequent ones, each once.

    Raises:
        Problem: one of them has no such values.
    """
    wanted = list(dict.fromkeys(sent.several("facets")))
    for name in wanted:
        if name not in FACETS:
            raise bad("facets", f"{name!r} is none of {', '.join(FACETS)}")
    if len(wanted) > MOST_FACETS:
        raise bad("facets", f"at most {MOST_FACETS} facets may be asked for at once")
    return wanted


def _words(sent: Sent) -> Predicate | None:
    """q: one of the terms between commas; the words of a term follow one another (20-004r1, 7.4.4)."""
    terms = [" ".join(term.strip('"').split()) for term in sent.several("q")]
    found = tuple(AnyText((term,)) for term in terms if term)
    return any_of(found) if found else None


def _box(sent: Sent) -> Predicate | None:
    """bbox: west, south, east, north (17-069r4, 7.15.3); heights are not looked at."""
    crs = _system(sent, "bbox-crs")
    if "bbox" not in sent.values:
        return None
    numbers = [part.strip() for part in sent.one("bbox").split(",")]
    if len(numbers) not in {_CORNERS, _CORNERS_3D}:
        raise bad("bbox", "bbox has four numbers: west, south, east, north")
    half = len(numbers) // 2
    try:
        box = envelope(numbers[:2], numbers[half : half + 2], crs)
    except InvalidQuery as error:
        raise of_query(error, "bbox") from error
    if isinstance(box, Envelope) and not _in_degrees(box):
        raise bad("bbox", "bbox is not in degrees")
    return constraints.extends(None, "bbox", box)


def _in_degrees(box: Envelope) -> bool:
    return max(abs(box.west), abs(box.east)) <= _EAST and max(abs(box.south), abs(box.north)) <= _NORTH


def _system(sent: Sent, name: str) -> str:
    """The name of a coordinate reference system that we know."""
    crs = sent.one(name)
    try:
        found = reference_systems.system(crs)
        if found.latitude_first is None:
            reference_systems.projection(found)
    except InvalidQuery as error:
        raise of_query(error, name) from error
    return crs


def _time(sent: Sent) -> Predicate | None:
    """datetime: an instant, or an interval with ends that may be open (17-069r4, 7.15.4)."""
    if "datetime" not in sent.values:
        return None
    begin, slash, end = (part.strip() for part in sent.one("datetime").partition("/"))
    end = end if slash else begin
    open_ends = [at in _OPEN for at in (begin, end)]
    if all(open_ends):
        raise bad("datetime", "datetime is an instant or an interval with one end at least")
    for at, is_open in zip((begin, end), open_ends, strict=True):
        if not is_open and not (_INSTANT.fullmatch(at) and instant(at)):
            raise bad("datetime", f"{at!r} is no date or time of RFC 3339")
    begin, end = ("" if is_open else at for at, is_open in zip((begin, end), open_ends, strict=True))
    if begin and end and instant(begin) > last_instant(end):
        raise bad("datetime", "the interval ends before it begins")
    return periods.meets(begin, last_instant(end))


def _types(sent: Sent) -> Predicate | None:
    wanted = sent.several("type")
    found = tuple(Compare("type", Operator.EQUAL, one, match_case=False) for one in wanted)
    return any_of(found) if found else None


def _ids(sent: Sent) -> Predicate | None:
    if "ids" not in sent.values:
        return None
    wanted = sent.several("ids")
    if not wanted or len(wanted) > MAX_IDENTIFIERS:
        raise bad("ids", f"ids has from one to {MAX_IDENTIFIERS} identifiers, with commas between")
    return Identified(tuple(wanted))


def _external_ids(sent: Sent) -> Predicate | None:
    """externalIds: a value, or a scheme, a colon and a value (20-004r1, 7.4.7)."""
    if "externalIds" not in sent.values:
        return None
    found = []
    for one in sent.several("externalIds"):
        schemed = _SCHEMED.fullmatch(one)
        if schemed and not schemed[2]:
            raise bad("externalIds", f"{one!r} has no value: records are not found by a scheme alone")
        values = {one}
        if schemed and identifiers.scheme(schemed[2]) == schemed[1].lower():
            values.add(schemed[2])
        found += [Compare("identifier", Operator.EQUAL, value) for value in sorted(values)]
    if not found:
        raise bad("externalIds", "externalIds has one identifier at least")
    return any_of(tuple(found))


def _filter(sent: Sent) -> Predicate | None:
    """filter, filter-lang and filter-crs (OGC 19-079r2, 7.2)."""
    language, crs = sent.one("filter-lang") or "cql2-text", _system(sent, "filter-crs")
    parse = FILTER_LANGUAGES.get(language)
    if parse is None:
        raise bad("filter-lang", f"{language!r} is none of {', '.join(FILTER_LANGUAGES)}")
    if "filter" not in sent.values:
        return None
    try:
        return meaning.predicate_of(parse(sent.values["filter"]), meaning.Names(named, IDENTITY, crs))
    except InvalidQuery as error:
        raise of_query(error, "filter") from error


_PREDICATES: Final = (_words, _box, _time, _types, _ids, _external_ids, _filter)


def _properties(sent: Sent) -> Sequence[Predicate]:
    """Parameters that are named like a property: it has this value (17-069r4, 7.15.5)."""
    found = []
    for name in sent.values:
        if name in OF_PROPERTIES:
            try:
                found.append(constraints.compared(named(name), Operator.EQUAL, sent.one(name)))
            except InvalidQuery as error:
                raise of_query(error, name) from error
    return found


def _sort(sent: Sent) -> tuple[SortKey, ...]:
    """sortby: names with + or - before them (20-004r1, 7.7); a + that was not encoded has become a space."""
    keys: dict[str, SortKey] = {}
    for one in sent.several("sortby"):
        name = one.lstrip("+-").strip()
        if name not in SORTABLES:
            raise bad("sortby", f"results cannot be ordered by {name!r}: see the sortables")
        keys.setdefault(name, SortKey(PROPERTIES[name], descending=one.startswith("-")))
    return tuple(keys.values())
