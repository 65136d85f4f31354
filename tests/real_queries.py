"""Queries over real records, sent in every way that says them, and what plain Python finds.

`query_truth` has the truth, and strategies over words made up; here words, dates and boxes come out of the
corpus, and a query is a whole one: a tree of predicates, an order, a page.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from catalogue import queryables
from catalogue.errors import UnreadableRecord
from catalogue.query import (
    AnyText,
    Between,
    Compare,
    Extent,
    Identified,
    Like,
    Missing,
    Operator,
    Predicate,
    Relation,
    SortKey,
    Wildcard,
)
from catalogue.record import Record
from cql2_writers import Cql2Writer, kleene
from csw_client import Answer, CswClient
from endpoint.csw.queryables import NAMES
from filter_writers import CqlWriter, FilterWriter
from harvester.mapping.registry import read
from query_truth import DATE_QUERYABLES, Known, areas, in_order, matching, trees
from records_client import RecordsClient

TEXTS = (
    "title", "abstract", "subject", "type", "format", "identifier", "language", "creator", "publisher",
    "organisation", "coverage", "rights", "topic", "parent", "lineage", "metadata_language",
    "specification", "specification_date_type", "classification", "metadata_contact", "resource_identifier",
)  # fmt: skip
#: Records of a list of OGC API - Records that are looked at; all of them are counted.
_PAGE = 25
SORTS = (*TEXTS, *DATE_QUERYABLES, "modified")
_FOLDERS = ("iso19139", "dc", "iso19115-3")
_DECLARED = (
    'xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:csw30="http://www.opengis.net/cat/csw/3.0"'
    ' xmlns:ogc="http://www.opengis.net/ogc" xmlns:fes="http://www.opengis.net/fes/2.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/"'
    ' xmlns:apiso="http://www.opengis.net/cat/csw/apiso/1.0" xmlns:ows="http://www.opengis.net/ows"'
)


@dataclass(frozen=True)
class Query:
    """What is asked."""

    where: Predicate
    sort: tuple[SortKey, ...]
    start: int
    count: int

    def page_of(self, known: Sequence[Known]) -> tuple[int, list[str]]:
        """How many records match, and the identifiers of the page."""
        wanted = set(matching(known, self.where))
        names = {one.number: one.identifier for one in known}
        ordered = [names[number] for number in in_order(known, self.sort) if number in wanted]
        return len(ordered), ordered[self.start - 1 : self.start - 1 + self.count]


# The records


def real_records(corpus: Path, *, most: int = 10_000) -> dict[str, Record]:
    """The corpus's records that can be read, by the names of their files."""
    found: dict[str, Record] = {}
    for folder in _FOLDERS:
        files = sorted((corpus / folder).glob("*.xml"))
        for file in files[:: max(1, len(files) * len(_FOLDERS) // most)]:
            try:
                _, record = read(file.read_bytes())
            except UnreadableRecord:
                continue
            found[file.stem] = record
    return found


# The queries


class Drawn:
    """Strategies over what the records have."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._names = [one.identifier for one in known]
        self._values = {name: sorted({v for one in known for v in one.values(name)}) for name in TEXTS}
        dates = {value for one in known for name in DATE_QUERYABLES for value in one.values(name)}
        self._dates = sorted(date for date in dates if queryables.instant(date))
        self._boxes = sorted(
            {(box.west, box.south, box.east, box.north) for one in known for box in one.record.boxes}
        )

    def queries(self) -> st.SearchStrategy[Query]:
        """Whole queries."""
        keys = st.builds(SortKey, st.sampled_from(SORTS), st.booleans())
        return st.builds(
            Query,
            trees(self.leaves()),
            st.lists(keys, max_size=3, unique_by=lambda key: key.queryable).map(tuple),
            st.sampled_from([1, 1, 1, 2, 10, 200]),
            st.sampled_from([1, 5, 5, 20, 20, 500]),
        )

    def leaves(self) -> st.SearchStrategy[Predicate]:
        """Single predicates."""
        texts, dates = st.sampled_from([name for name in TEXTS if self._values[name]]), self._date()
        names = st.sampled_from(DATE_QUERYABLES)
        operators = st.sampled_from(list(Operator))
        ordered = st.tuples(dates, dates).filter(
            lambda p: queryables.instant(p[0]) < queryables.instant(p[1])
        )
        return st.one_of(
            texts.flatmap(
                lambda name: st.builds(Compare, st.just(name), operators, self._literal(name), st.booleans())
            ),
            texts.flatmap(
                lambda name: st.builds(Between, st.just(name), self._literal(name), self._literal(name))
            ),
            texts.flatmap(lambda name: st.builds(Like, st.just(name), self._pattern(name), st.booleans())),
            texts.flatmap(lambda name: st.builds(AnyText, self._pattern(name))),
            st.builds(Compare, names, operators, dates),
            st.builds(
                Compare,
                st.sampled_from(sorted(queryables.TRUTHS)),
                st.sampled_from([Operator.EQUAL, Operator.NOT_EQUAL]),
                st.sampled_from(["true", "false"]),
            ),
            st.builds(Between, names, dates, dates),
            st.builds(lambda name, pair: Between(name, *pair, strict=True), names, ordered),
            st.builds(Missing, st.sampled_from([*TEXTS, *DATE_QUERYABLES, "degree", "boundingbox"])),
            st.lists(st.sampled_from(self._names), min_size=1, max_size=3).map(
                lambda some: Identified(tuple(some))
            ),
            self._extents(),
            areas(),
        )

    def _date(self) -> st.SearchStrategy[str]:
        return st.sampled_from(self._dates).flatmap(lambda date: st.sampled_from([date, date[:4], date[:10]]))

    @st.composite
    @staticmethod
    def _literal_of(draw: st.DrawFn, values: list[str]) -> str:
        value = draw(st.sampled_from(values))
        change = draw(st.sampled_from([str, str, str.upper, str.lower, str.swapcase, lambda text: text[:12]]))
        # Without the line ends that XML and addresses have their own ways with.
        return " ".join(change(value).split()) or "x"

    def _literal(self, name: str) -> st.SearchStrategy[str]:
        return self._literal_of(self._values[name])

    @st.composite
    @staticmethod
    def _pattern_of(draw: st.DrawFn, values: list[str]) -> tuple:
        text = draw(st.sampled_from(values))[:400]
        begin = draw(st.integers(0, max(0, len(text) - 1)))
        piece = " ".join(text[begin : begin + draw(st.integers(1, 12))].split()) or "x"
        parts: list = [piece]
        if len(piece) > 2 and draw(st.booleans()):
            parts = [piece[:1], draw(st.sampled_from(list(Wildcard))), piece[2:]]
        if begin or draw(st.booleans()):
            parts.insert(0, Wildcard.MANY)
        if draw(st.booleans()):
            parts.append(Wildcard.MANY)
        return tuple(parts)

    def _pattern(self, name: str) -> st.SearchStrategy[tuple]:
        return self._pattern_of(self._values[name])

    def _extents(self) -> st.SearchStrategy[Predicate]:
        grown = st.sampled_from([0.0, 0.0, 0.5, 5.0, -0.25])

        def grow(relation: Relation, box: tuple[float, float, float, float], by: float) -> Extent:
            west, south, east, north = box
            if south - by > north + by:
                by = 0.0
            return Extent(
                relation,
                max(-180.0, west - by),
                max(-90.0, south - by),
                min(180.0, east + by),
                min(90.0, north + by),
            )

        inside = [box for box in self._boxes if -180 <= box[0] <= 180 and -180 <= box[2] <= 180]
        sane = [box for box in inside if -90 <= box[1] <= box[3] <= 90]
        return st.builds(grow, st.sampled_from(list(Relation)), st.sampled_from(sane), grown)


# The ways


def ways(query: Query, seed: int, client: CswClient) -> Iterator[tuple[str, Callable[[], Answer]]]:
    """Every way that can say a query, and what sends it so."""
    for version in ("2.0.2", "3.0.0"):
        for language in ("FES 1.1", "FES 2.0", "CQL"):
            written = _written(query.where, language, seed)
            if written is None:
                continue
            posted = _posted(query, version, language, written)
            asked = _asked(query, version, language, written)
            yield f"{version} {language} POST", partial(client.post, posted)
            yield f"{version} {language} SOAP", partial(_by_soap, client, posted)
            yield f"{version} {language} GET", partial(client.get, asked)


def _written(where: Predicate, language: str, seed: int) -> str | None:
    """The predicate in a language; None where that has no word for it."""
    try:
        if language == "CQL":
            return CqlWriter(seed).write(where)
        return FilterWriter(seed, version="2.0.0" if language == "FES 2.0" else "1.1.0").filter(where)
    except AssertionError:
        return None


def _posted(query: Query, version: str, language: str, written: str) -> str:
    p, type_name = ("csw30", "csw30:Record") if version == "3.0.0" else ("csw", "csw:Record")
    f, name = ("fes", "ValueReference") if language == "FES 2.0" else ("ogc", "PropertyName")
    keys = "".join(
        f"<{f}:SortProperty><{f}:{name}>{NAMES[key.queryable][0]}</{f}:{name}>"
        f"<{f}:SortOrder>{'DESC' if key.descending else 'ASC'}</{f}:SortOrder></{f}:SortProperty>"
        for key in query.sort
    )
    inner = f"<{p}:CqlText>{escape(written)}</{p}:CqlText>" if language == "CQL" else written
    results = ' resultType="results"' if version == "2.0.2" else ""
    return (
        f'<{p}:GetRecords {_DECLARED} service="CSW" version="{version}"{results}'
        f' startPosition="{query.start}" maxRecords="{query.count}"><{p}:Query typeNames="{type_name}">'
        f"<{p}:ElementSetName>brief</{p}:ElementSetName>"
        f'<{p}:Constraint version="{"2.0.0" if f == "fes" else "1.1.0"}">{inner}'
        f"</{p}:Constraint>{f'<{f}:SortBy>{keys}</{f}:SortBy>' if keys else ''}</{p}:Query></{p}:GetRecords>"
    )


def _asked(query: Query, version: str, language: str, written: str) -> str:
    order = ",".join(f"{NAMES[key.queryable][0]}:{'D' if key.descending else 'A'}" for key in query.sort)
    parameters = {
        "service": "CSW", "version": version, "request": "GetRecords", "typeNames": "csw:Record",
        "elementSetName": "brief", "resultType": "results", "startPosition": str(query.start),
        "maxRecords": str(query.count), "constraintLanguage": "CQL_TEXT" if language == "CQL" else "FILTER",
        "constraint": written, "sortBy": order,
    }  # fmt: skip
    return "&".join(f"{name}={quote(value)}" for name, value in parameters.items() if value)


def _envelope(posted: str) -> str:
    return f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{posted}</s:Body></s:Envelope>'


def _by_soap(client: CswClient, posted: str) -> Answer:
    """What the envelope holds that is answered."""
    answer = client.post(_envelope(posted))
    return replace(answer, root=answer.root[0][0])


def wrong(
    query: Query, seed: int, client: CswClient, known: Sequence[Known], *, most: int = 100
) -> list[str]:
    """The ways by which the answer is another than the truth; of more than `most`, so many are drawn."""
    matched, page = query.page_of(known)
    found = []
    every = list(ways(query, seed, client))
    for way, send in random.Random(seed).sample(every, min(most, len(every))):
        answer = send()
        if answer.kind != "GetRecordsResponse":
            found.append(f"{way}: {' '.join(answer.root.itertext())} {answer.root.attrib}")
        elif (answer.counts[0], answer.identifiers) != (matched, page):
            found.append(f"{way}: {answer.counts[0]} {answer.identifiers} instead of {matched} {page}")
    return found


def wrong_by_cql2(query: Query, seed: int, client: RecordsClient, known: Sequence[Known]) -> list[str]:
    """The same of OGC API - Records: what its filter, in CQL2, is true of (where CQL2 has a word for it)."""
    try:
        both = {
            "cql2-text": Cql2Writer(seed).text(query.where),
            "cql2-json": Cql2Writer(seed).json(query.where),
        }
    except AssertionError:
        return []
    expected = [one.identifier for one in known if kleene(one, query.where) is True]
    found = []
    for language, written in both.items():
        answer = client.items(filter=written, filter_lang=language, limit=str(_PAGE))
        if answer.status != HTTPStatus.OK:
            found.append(f"{language}: {answer.status} {answer.content.decode()}")
        elif (answer.json["numberMatched"], answer.ids) != (len(expected), expected[:_PAGE]):
            found.append(f"{language}: {answer.json['numberMatched']} {answer.ids} instead of {expected}")
    return found
