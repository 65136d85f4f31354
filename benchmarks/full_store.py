"""A store filled past the way in: a million records in minutes, on SQLite or PostgreSQL.

The rows are those that a harvest leaves, but for what no list of the feed is made from: payloads, queryables
and the search index. Pages of the sources stand one behind another, as several harvests at a time bring them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue import oai_identifier, oai_record
from catalogue.oai_record import Origin
from catalogue.record import Agent, Box, Date, Identifier, Link, Record, Right, Subject, Text, to_json
from catalogue.rendering import render
from catalogue.sets import with_parents
from catalogue.source import Protocol, Source
from catalogue.store import Store, dialects
from catalogue.store.engine import writing
from catalogue.store.holdings.sets import numbers
from catalogue.store.tables import neutral_records, record_sets, records, renditions

NAMESPACE: Final = "clearinghouse.localdomain"
SOURCES: Final = 20
#: Records of one source in a row.
PAGE: Final = 100
#: Every so many are deleted.
DELETED: Final = 50
_BEGIN: Final = 1_790_000_000
_AT_ONCE: Final = 5_000
_TEXTS: Final = 2_000
_WORDS: Final = [
    "waste", "chemical", "pesticide", "mercury", "transboundary", "movement", "inventory", "stockpile",
    "disposal", "persistent", "organic", "pollutant", "hazard", "notification", "consent", "regional",
    "centre", "guideline", "convention", "article", "annex",
]  # fmt: skip
_DC: Final = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/'
    ' http://www.openarchives.org/OAI/2.0/oai_dc.xsd"><dc:title>Record %s</dc:title>'
    "<dc:identifier>https://nile.example.org/%s</dc:identifier><dc:description>%s</dc:description></oai_dc:dc>"
)
_NUMBER: Final = "@number@"
_TEXT: Final = "@text@"


class Rows(NamedTuple):
    """What some records leave in the tables."""

    records: list[tuple[Any, ...]]
    renditions: list[tuple[Any, ...]]
    neutral: list[tuple[Any, ...]]
    sets: list[tuple[Any, ...]]


_RECORDS: Final = (
    "id", "source_id", "identifier", "source_identifier", "source_datestamp", "metadata_prefix", "deleted",
    "datestamp", "first_datestamp", "set_specs", "changed_run", "seen_run", "file_identifier", "title",
    "type", "language", "modified",
)  # fmt: skip
_RENDITIONS: Final = (
    "record_id", "prefix", "datestamp", "body", "element_begin", "element_end", "element_datestamp"
)  # fmt: skip
_NEUTRAL: Final = ("record_id", "search_text", "body")
_SETS: Final = ("set_id", "record_id", "datestamp", "member")


def texts(size: int) -> list[str]:
    """Texts of about `size` characters."""
    words = random.Random(size)
    return [" ".join(words.choices(_WORDS, k=size // 8))[:size].rstrip() for _ in range(_TEXTS)]


def iso_template() -> str:
    """An ISO 19139 record with some 10 kB around its abstract."""
    name = Text.of("Regional centre for hazardous waste", "en")
    record = Record(
        Text.of(f"Record {_NUMBER}", "en"),
        descriptions=(Text.of(_TEXT, "en"),),
        agents=tuple(Agent(role, name) for role in ("creator", "publisher", "contributor", "contact") * 2),
        subjects=tuple(Subject(Text.of(word, "en")) for word in _WORDS),
        boxes=(Box(10.0, -5.0, 20.5, 5.25),),
        links=tuple(Link(f"https://nile.example.org/{_NUMBER}/{one}") for one in range(4)),
        languages=("en",),
    )
    made = render(record, "iso19139", identifier=_NUMBER, datestamp="2026-01-01T00:00:00Z")
    return made.decode()


def document(number: int, text: str) -> Record:
    """A record as a repository of documents has it."""
    return Record(
        Text.of(f"Record {number}", "en"),
        descriptions=(Text.of(text, "en"),),
        agents=(
            *(Agent("creator", Text.of(f"{name}, {_WORDS[number % 21]}")) for name in ("Muster", "Tester")),
            Agent("publisher", Text.of("Regional centre for hazardous waste", "en")),
        ),
        dates=(Date("date", f"20{number % 25:02}-05-14"),),
        subjects=tuple(Subject(Text.of(_WORDS[(number * 7 + n) % 21], "en")) for n in range(5)),
        types=(Text.of("Report"),),
        formats=("application/pdf",),
        identifiers=(Identifier(f"https://nile.example.org/{number}", "uri"),),
        languages=("en",),
        rights=(Right(Text.of("Creative Commons Attribution 4.0")),),
    )


def fill(store: Store, count: int, *, iso: bool = True) -> None:
    """Fill an empty store with so many records; without `iso` none of them was sent in ISO 19139."""
    store.upgrade()
    if store.embedded:
        sa.event.listen(store.engine, "connect", _carelessly)
        store.engine.dispose()
    sources = [f"node-{number}" for number in range(SOURCES)]
    for name in sources:
        store.sources.add(
            Source(name, Protocol.OAI_PMH, f"https://{name}.example.org/oai"), datetime.now(UTC)
        )
    made = _Making(texts(1500), iso_template() if iso else "")
    for first in range(1, count + 1, _AT_ONCE):
        with writing(store.engine) as connection:
            specs = [spec for name in sources for spec in with_parents([f"source:{name}", *_classes(name)])]
            made.set_ids = numbers(connection, specs)
            found = made.rows(range(first, min(first + _AT_ONCE, count + 1)))
            for table, columns, rows in (
                (records, _RECORDS, found.records),
                (renditions, _RENDITIONS, found.renditions),
                (neutral_records, _NEUTRAL, found.neutral),
                (record_sets, _SETS, found.sets),
            ):
                _put(connection, table, columns, rows)
        print(f"\r{first + _AT_ONCE - 1} records", end="", file=sys.stderr)
    print(file=sys.stderr)
    _settle(store, count)


def _classes(source_id: str) -> tuple[str, ...]:
    """Sets of half of all records, of a fifth, and small ones."""
    number = int(source_id.rpartition("-")[2])
    return (
        *(("convention:stockholm",) if number % 2 else ()),
        f"region:{('african', 'asian', 'european', 'american', 'arab')[number % 5]}",
    )


class _Making:
    """Makes rows of records by their numbers."""

    def __init__(self, texts: list[str], iso: str) -> None:
        self._texts = texts
        self._iso = iso
        self.set_ids: dict[str, int] = {}

    def rows(self, span: range) -> Rows:
        """The rows of the records with these numbers."""
        found = Rows([], [], [], [])
        for number in span:
            self._add(found, number)
        return found

    def _add(self, found: Rows, number: int) -> None:
        source = f"node-{number // PAGE % SOURCES}"
        theirs = f"oai:{source}.example.org:{number}"
        identifier = oai_identifier.mint(NAMESPACE, source, theirs)
        stamp, specs = _BEGIN + number // PAGE, sorted((f"source:{source}", *_classes(source)))
        gone, text = number % DELETED == 0, self._texts[number % _TEXTS]
        title = f"Record {number}"
        found.records.append(
            (number, source, identifier, theirs, "2026-01-01T00:00:00Z", "oai_dc", gone, stamp, stamp,
             " ".join(specs), 1, 1, identifier, title, "", "en", "2026-01-01"),
        )  # fmt: skip
        begin = oai_record.begin(identifier, stamp, " ".join(specs))
        origin = Origin(f"https://{source}.example.org/oai", theirs, "2026-01-01T00:00:00Z", "oai_dc")
        bodies = [("oai_dc", _DC % (number, number, text))]
        if self._iso:
            bodies.append(("iso19139", self._iso.replace(_NUMBER, str(number)).replace(_TEXT, text)))
        for prefix, body in bodies:
            end = oai_record.end(origin, prefix, stamp)
            found.renditions.append(
                (number, prefix, stamp, None if gone else body.encode(), begin, end, stamp)
            )
        found.neutral.append((number, "", to_json(document(number, text))))
        found.sets.extend((self.set_ids[spec], number, stamp, not gone) for spec in with_parents(specs))


def _put(
    connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    if connection.dialect.name == "sqlite":
        dialects.write_rows(connection, table, columns, rows)
        return
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as into,
    ):
        for row in rows:
            into.write_row(row)


def _carelessly(connection: Any, _record: Any) -> None:
    """A store that is filled for a benchmark may be lost in a power cut."""
    connection.execute("PRAGMA journal_mode=OFF").close()
    connection.execute("PRAGMA synchronous=OFF").close()


def _settle(store: Store, count: int) -> None:
    """What a database that has grown slowly has: sizes of lists, numbers behind the last, statistics."""
    store.feed.count_anew()
    if store.embedded:
        sa.event.remove(store.engine, "connect", _carelessly)
        store.engine.dispose()
        return
    with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(sa.text("SELECT setval('records_id_seq', :count)"), {"count": count})
        connection.execute(sa.text("VACUUM (ANALYZE) records, renditions, record_sets, neutral_records"))
