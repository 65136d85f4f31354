"""The lists that the OAI-PMH feed is read from.

A format that is rendered on demand has no rows of its own: every record has it whenever it has oai_dc, and
both change together. So its lists are read from the index of oai_dc, with the neutral record instead of a
rendition; the rendition only where it is the record's own, as it was sent.

A list is one format, perhaps one set, perhaps a span of datestamps, in the order of (datestamp, record
number). A page of it is a range scan from the last key of the page before: the first page and the ten
thousandth cost the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import starmap
from typing import Any, Final, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue import formats, oai_record
from catalogue.rendering.edition import edition
from catalogue.store import clock, statements
from catalogue.store.engine import reading
from catalogue.store.holdings import elements
from catalogue.store.lists import feed_sql, kept, sizes
from catalogue.store.lists.feed_sql import INDEX, Shape

#: Formats that every record has: to count a set in one of them is to count the set.
_EVERYWHERE: Final = frozenset(form.prefix for form in (*formats.RENDERED, *formats.ON_DEMAND))
_ON_DEMAND: Final = frozenset(form.prefix for form in formats.ON_DEMAND)
#: Entries that are counted one by one without a thought.
_FEW: Final = 20_000
_FOR_EVER: Final = 1 << 40
#: How often what a page consists of is made anew before we give up.
_ATTEMPTS: Final = 5
#: Rows that tell of a full page: itself, and the key of its last entry. One more: the list goes on.
_FULL: Final = 2


@dataclass(frozen=True, slots=True)
class FeedQuery:
    """What to list. Datestamps in whole seconds, both ends included."""

    prefix: str
    #: The store's number of the set (`Sets.id_of`); None for everything.
    set_id: int | None = None
    from_: int | None = None
    until: int | None = None


class FeedEntry(NamedTuple):
    """One line of a list, with what is known of the record."""

    record_id: int
    identifier: str
    datestamp: int
    #: Deleted, or no longer in the set or in the format that the list is of; as the database says it.
    deleted: bool | int
    #: setSpecs with a space between them.
    set_specs: str
    #: The metadata; None where they were not asked for, and where the record is deleted.
    body: bytes | None
    source_id: str
    source_identifier: str
    source_datestamp: str
    metadata_prefix: str
    #: originDescriptions of the harvests behind the source's own (`catalogue.provenance.chain`).
    origins: str
    #: Address of the statement of rights to the metadata.
    metadata_rights: str


class Position(NamedTuple):
    """The key of a list's last entry so far."""

    datestamp: int
    record_id: int


class FeedPage(NamedTuple):
    """A page of a list as it is sent: record elements, or headers (OAI-PMH 2.0, section 2.5)."""

    #: In a row.
    content: bytes
    entries: int
    #: How many of them are deleted, or no more in the list; 0 where nobody asked for that.
    gone: int
    #: Of its last entry; None where the list ends with it.
    position: Position | None
    #: The newest datestamp that any list had when it was read.
    newest: int


class Unrendered(NamedTuple):
    """A record element in a format that is rendered on demand, whose metadata are to be rendered."""

    #: What stands before the metadata and behind, and the neutral record that they are rendered from.
    begin: bytes
    end: bytes
    neutral: bytes
    file_identifier: str
    source_datestamp: str


#: A record element in a row: itself; or what stands before its metadata, these, and what stands behind.
Told: TypeAlias = tuple[bytes, ...]


class UnrenderedPage(NamedTuple):
    """A page of such elements."""

    #: Each in a row where there is nothing to render.
    elements: list[Told | Unrendered]
    #: As of a `FeedPage`.
    gone: int
    position: Position | None
    newest: int


class Feed:
    """The feed's view of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._embedded = engine.dialect.name == "sqlite"

    def response_date(self) -> int:
        """The responseDate of an answer that is read after this call, in whole seconds."""
        return clock.response_date(self._engine)

    def state(self) -> clock.State:
        """The same, with the newest datestamp that any list has."""
        return clock.state(self._engine)

    def newest_datestamp(self) -> int | None:
        """The newest datestamp that any list has; None while the catalogue is empty.

        What is committed later is never older: a list up to here is a snapshot of the catalogue.
        """
        found: int | None = statements.value(self._engine, clock.NEWEST)
        return found

    def page(
        self,
        query: FeedQuery,
        *,
        after: Position | None = None,
        limit: int,
        bodies: bool = True,
        tally: bool = False,
    ) -> FeedPage | None:
        """The record elements behind `after`, at most `limit` of them; without `bodies` their headers.

        With `tally` it is counted how many of them are gone. None where there is nothing. Whole records only
        of formats that are not rendered on demand.
        """
        read = self._in_one if self._embedded else self._in_rows
        shape, values = self._asked(query, after, limit, bodies=bodies)
        for _ in range(_ATTEMPTS):
            found = read(shape._replace(tally=tally), values)
            if isinstance(found, FeedPage):
                return found if found.entries else None
            self._mend(shape, values)
        raise RuntimeError(_RESTLESS)

    def _in_one(self, shape: Shape, values: dict[str, Any]) -> FeedPage | None:
        """A page that the database puts together; None where some of it has to be made anew."""
        found = statements.rows(self._engine, feed_sql.page(shape), **values)
        entries, ready, gone, content, newest = found[0]
        if ready != entries and entries:
            return None
        position = Position(*found[1][:2]) if len(found) > _FULL else None
        return FeedPage(content, entries, gone, position, newest or 0)

    def _in_rows(self, shape: Shape, values: dict[str, Any]) -> FeedPage | None:
        """The same of a database that does so with an entry."""
        limit = values["limit"]
        found = statements.rows(self._engine, feed_sql.elements(shape._replace(most=limit + 1)), **values)
        listed = found[:limit]
        content = [row[3] for row in listed]
        if None in content:
            return None
        position = Position(*listed[-1][:2]) if len(found) > limit else None
        gone = sum(row[2] for row in listed) if shape.tally else 0
        return FeedPage(b"".join(content), len(listed), gone, position, listed[0][4] if listed else 0)

    def unrendered(
        self, query: FeedQuery, *, after: Position | None = None, limit: int
    ) -> UnrenderedPage | None:
        """The same of a format that is rendered on demand."""
        shape, values = self._asked(query, after, limit + 1, bodies=True)
        shape = shape if self._embedded else shape._replace(most=limit + 1)
        for _ in range(_ATTEMPTS):
            found = statements.rows(self._engine, feed_sql.rows(shape), **values)
            if not found:
                return None
            unpacked = kept.unpacking(query.prefix)
            made = [_unrendered(row, unpacked) for row in found[:limit]]
            whole = [one for one in made if one is not None]
            if len(whole) == len(made):
                gone = sum(not row[2] for row in found[:limit])
                last = Position(*found[limit - 1][:2]) if len(found) > limit else None
                return UnrenderedPage(whole, gone, last, found[0][-1])
            self._mend(shape, values)
        raise RuntimeError(_RESTLESS)

    def entries(
        self, query: FeedQuery, *, after: Position | None = None, limit: int, bodies: bool = True
    ) -> list[FeedEntry]:
        """What is known of the records behind `after`, at most `limit` of them."""
        shape, values = self._asked(query, after, limit, bodies=bodies)
        return list(starmap(FeedEntry, statements.rows(self._engine, feed_sql.entries(shape), **values)))

    def element(self, identifier: str, prefix: str) -> bytes | Told | Unrendered | None:
        """One record in one format: its element. None where it has never been there in that format."""
        on_demand = prefix in _ON_DEMAND
        index = INDEX if on_demand else prefix
        select = feed_sql.one(on_demand=on_demand, embedded=self._embedded)
        for _ in range(_ATTEMPTS):
            found = statements.rows(
                self._engine, select, identifier=identifier, prefix=index, served=prefix, edition=edition()
            )
            if not found:
                return None
            told: bytes | Told | Unrendered | None
            told = _unrendered(found[0], kept.unpacking(prefix)) if on_demand else found[0][2]
            if told is not None:
                return told
            elements.mend(self._engine, [found[0][1]])
        raise RuntimeError(_RESTLESS)

    def _asked(
        self, query: FeedQuery, after: Position | None, limit: int, *, bodies: bool
    ) -> tuple[Shape, dict[str, Any]]:
        shape = Shape(
            in_set=query.set_id is not None,
            since=query.from_ is not None,
            until=query.until is not None,
            resumed=after is not None,
            bodies=bodies,
            everywhere=query.prefix in _EVERYWHERE,
            embedded=self._embedded,
        )
        values = {
            "prefix": INDEX if query.prefix in _ON_DEMAND else query.prefix,
            "served": query.prefix,
            "edition": edition(),
            "set_id": query.set_id,
            "from_": query.from_,
            "until": query.until,
            "datestamp": after.datestamp if after else None,
            "record_id": after.record_id if after else None,
            "limit": limit,
        }
        return shape, values

    def _mend(self, shape: Shape, values: dict[str, Any]) -> None:
        numbers = [row[0] for row in statements.rows(self._engine, feed_sql.numbers(shape), **values)]
        elements.mend(self._engine, numbers)

    def count(self, query: FeedQuery) -> int:
        """How many entries the whole list has.

        Of a list in a format that every record has, count is kept a day at a time: what is taken from that is
        only what of its first day and of its last is outside.
        """
        if query.prefix not in _EVERYWHERE or _is_empty(query):
            return self._counted(query)
        first = 0 if query.from_ is None else sizes.day(query.from_)
        last = _FOR_EVER if query.until is None else sizes.day(query.until)
        found = self._in_days(query, first, last)
        if query.from_ is not None:
            found -= self._part(replace(query, from_=sizes.first_second(first), until=query.from_ - 1))
        if query.until is not None:
            found -= self._part(replace(query, from_=query.until + 1, until=sizes.first_second(last + 1) - 1))
        return found

    def _in_days(self, query: FeedQuery, first: int, last: int) -> int:
        return sizes.counted(self._engine, query.set_id or sizes.EVERYTHING, first, last)

    def _part(self, part: FeedQuery) -> int:
        """How many entries a list has in the beginning of a day, or in its end.

        Counted one by one; where that seems to be more than half of the day, the rest of it is.
        """
        few = self._counted(part, most=_FEW)
        if few < _FEW or part.from_ is None or part.until is None:
            return few
        day = sizes.day(part.from_)
        begin, end = sizes.first_second(day), sizes.first_second(day + 1) - 1
        shape, values = self._asked(replace(part, from_=begin, until=end), None, 0, bodies=False)
        earliest, latest = statements.rows(self._engine, feed_sql.ends(shape), **values)[0]
        middle = (earliest + latest) // 2
        if part.from_ == begin:
            rest, longer = replace(part, from_=part.until + 1, until=end), part.until > middle
        else:
            rest, longer = replace(part, from_=begin, until=part.from_ - 1), part.from_ <= middle
        return self._in_days(part, day, day) - self._counted(rest) if longer else self._counted(part)

    def _counted(self, query: FeedQuery, *, most: int | None = None) -> int:
        """How many entries a list has, counted one by one; at most so many."""
        shape, values = self._asked(query, None, 0, bodies=False)
        listed = feed_sql.counted(shape)
        if most is not None:
            listed = listed.limit(most)
        with reading(self._engine) as connection:
            return connection.execute(
                sa.select(sa.func.count()).select_from(listed.subquery()), values
            ).scalar_one()

    def count_anew(self) -> None:
        """Count every list, entry by entry (`catalogue.store.lists.sizes`)."""
        sizes.count_anew(self._engine)

    def formats(self, identifier: str) -> list[str] | None:
        """The prefixes of the formats that an item is in, or was in; None where there is no such item."""
        found = [row[0] for row in statements.rows(self._engine, feed_sql.FORMATS, identifier=identifier)]
        return sorted({*found, *(_ON_DEMAND if INDEX in found else ())}) or None

    def prefixes(self) -> list[str]:
        """The prefixes of all formats that any record is in: one index seek for each."""
        found: list[str] = []
        while prefix := statements.value(self._engine, feed_sql.FOLLOWING, prefix=found[-1] if found else ""):
            found.append(prefix)
        return found

    def earliest_datestamp(self) -> int | None:
        """The earliest datestamp that any list has; None while the catalogue is empty.

        A record that left a set, or lost a format, keeps the datestamp of that day in that list: the
        beginning of every list is looked at.
        """
        found = [
            statements.value(self._engine, feed_sql.EARLIEST, prefix=prefix) for prefix in self.prefixes()
        ]
        found.append(statements.value(self._engine, feed_sql.EARLIEST_IN_SETS))
        return min((datestamp for datestamp in found if datestamp is not None), default=None)


def _is_empty(query: FeedQuery) -> bool:
    return query.from_ is not None and query.until is not None and query.from_ > query.until


_RESTLESS: Final = "what stands around renditions does not stay as it is made"


def _unrendered(row: tuple[Any, ...], unpacked: Callable[[bytes], bytes]) -> Told | Unrendered | None:
    """A record element in a format that is rendered on demand, or what it is made of.

    None where what stands around its metadata is not of their datestamp's making.
    """
    datestamp, _, alive, begin, end, own, ready, neutral, file_identifier, source_datestamp, _ = row
    if begin is None or end is None:
        return None
    if not alive:
        return (oai_record.element_gone(begin, datestamp),)
    if own is not None:
        # As it was sent; what stands around is of that format.
        return begin, own, end
    # What stands behind the metadata was made for another format, which may have been that of the source.
    end = oai_record.altered(end)
    if ready is not None:
        return begin, unpacked(ready), end
    if neutral is None or file_identifier is None or source_datestamp is None:
        return None
    return Unrendered(begin, end, neutral, file_identifier, source_datestamp)
