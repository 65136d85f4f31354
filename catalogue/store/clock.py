"""Our datestamps, and why a harvester that comes back never misses a record.

A client harvests incrementally with `from` = the responseDate of its last harvest. A record is missed
if its datestamp is earlier than that responseDate and yet it became visible only after that answer was
made. Several workers write at the same time, and a page takes a while from the moment it gets its
datestamp to the moment it is committed. So:

1. before its transaction, a writer announces itself: a row in `write_intents` with the time, committed
   at once;
2. inside its transaction it takes the datestamp, never earlier than its announcement nor than any
   datestamp given before (a clock may be set back), and removes its announcement;
3. a responseDate is the time, or the oldest announcement that stands, whichever is earlier.

A datestamp in a page that an answer cannot see is therefore never earlier than that answer's
responseDate. An announcement left by a killed writer holds responseDates back, which costs a client some
records that it has already, and nothing else; after STALE seconds it is removed, by anyone: its writer,
should it live after all, notices at the end of its transaction, and starts that anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine

from catalogue.errors import StoreUnreachable, WriteIntentExpired
from catalogue.store import dialects, statements
from catalogue.store.engine import told_by_name, writing
from catalogue.store.tables import BigId, renditions, write_intents

#: Seconds after which an announcement is taken for one whose writer is dead.
STALE = 120

_OLDEST = sa.select(sa.func.min(write_intents.c.since).label("oldest"))
_BEFORE = sa.bindparam("before", type_=sa.BigInteger())
_FORGET = sa.delete(write_intents).where(write_intents.c.since < _BEFORE)
_SINCE = sa.select(write_intents.c.since).where(write_intents.c.id == sa.bindparam("intent", type_=BigId))
_REMOVE = sa.delete(write_intents).where(write_intents.c.id == sa.bindparam("intent", type_=BigId))

#: Every record has this format, in which each of its changes is told. What is the same always stands in the
#: statement: PostgreSQL makes a new plan each time for a LIMIT that it is told with the request.
NEWEST = (
    sa.select(renditions.c.datestamp)
    .where(renditions.c.prefix == sa.literal_column("'oai_dc'"))
    .order_by(renditions.c.datestamp.desc())
    .limit(sa.literal_column("1"))
)
_STATE = sa.select(
    _OLDEST.scalar_subquery().label("oldest"),
    NEWEST.scalar_subquery().label("newest"),
)


class State(NamedTuple):
    """What tells one state of the lists from another, and when it was seen."""

    #: The responseDate of an answer that is read after this.
    response_date: int
    #: The newest datestamp that any list has; None while the catalogue is empty.
    newest: int | None

    @property
    def is_settled(self) -> bool:
        """Whether every change that is not part of it has a datestamp later than the newest of it.

        Then whoever finds the same newest datestamp again finds the very same lists.
        """
        return self.newest is not None and self.newest < self.response_date


def newest_datestamp(connection: Connection) -> int | None:
    """The newest datestamp given so far, as far as this connection can see; None if there is none."""
    found: int | None = statements.value_on(connection, NEWEST)
    return found


#: Announcements that may stand still: the database went away while they were made, or taken back.
_DOUBTFUL: WeakKeyDictionary[Engine, set[int]] = WeakKeyDictionary()


@cache
def _announcement(dialect: Dialect) -> sa.Insert:
    """Made once, even where it is said twice: the first answer may have been lost on its way."""
    insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    values = {"id": sa.bindparam("intent", type_=BigId), "since": sa.bindparam("time", type_=sa.BigInteger())}
    return insert(write_intents).values(values).on_conflict_do_nothing().returning(write_intents.c.id)


def announce(engine: Engine) -> int:
    """Announce a page that is about to be written; returns the announcement's number.

    Raises:
        StoreUnreachable: the database does not answer just now. Should it have heard of this page all the
            same, that is taken back with the next announcement.
    """
    for doubtful in tuple(_DOUBTFUL.get(engine, ())):
        withdraw(engine, doubtful)
    intent = secrets.randbits(62)
    with told_by_name(engine):
        time, (oldest,) = dialects.at(engine, _OLDEST)
        _forget_stale(engine, oldest, time)
        with _doubted(engine, intent):
            statements.rows(engine, _announcement(engine.dialect), intent=intent, time=time)
    return intent


def withdraw(engine: Engine, intent: int) -> None:
    """Take back the announcement of a page that will not be written.

    Raises:
        StoreUnreachable: the database does not answer just now. It is taken back before the next one.
    """
    with _doubted(engine, intent), writing(engine) as connection:
        statements.run(connection, _REMOVE, intent=intent)
    _DOUBTFUL.get(engine, set()).discard(intent)


@contextmanager
def _doubted(engine: Engine, intent: int) -> Iterator[None]:
    """Whether an announcement stands is not known where the database goes away inside."""
    try:
        yield
    except StoreUnreachable:
        _DOUBTFUL.setdefault(engine, set()).add(intent)
        raise


def take_datestamp(connection: Connection, intent: int) -> int:
    """Inside the page's transaction: its datestamp, in whole seconds.

    Raises:
        WriteIntentExpired: the announcement was removed; the transaction must not be committed.
    """
    since = statements.value_on(connection, _SINCE, intent=intent)
    if since is None:
        raise WriteIntentExpired("the page took so long that its datestamp is not safe any more")
    return max(dialects.now(connection), int(since), newest_datestamp(connection) or 0)


def fulfil(connection: Connection, intent: int) -> None:
    """At the end of the page's transaction: remove its announcement together with committing the page.

    Raises:
        WriteIntentExpired: somebody else removed it meanwhile.
    """
    if statements.run(connection, _REMOVE, intent=intent) != 1:
        raise WriteIntentExpired("the page took so long that its datestamp is not safe any more")


def response_date(engine: Engine) -> int:
    """The responseDate of an answer whose list is read after this call, in whole seconds."""
    return state(engine).response_date


def state(engine: Engine) -> State:
    """The state of the lists, as whoever reads them after this call finds it, or a later one."""
    time, (oldest, newest) = dialects.at(engine, _STATE)
    if oldest is None:
        return State(time, newest)
    _forget_stale(engine, oldest, time)
    return State(min(time, oldest), newest)


def _forget_stale(engine: Engine, oldest: int | None, time: int) -> None:
    if oldest is not None and oldest < time - STALE:
        with writing(engine) as connection:
            statements.run(connection, _FORGET, before=time - STALE)
