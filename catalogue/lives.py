"""The life of a record: what became of it from its first listing until now, as far as the store knows it.

What is asked for may be any name of a record: our identifier or the source's, a DOI, an address, a title.
Several records may answer to it, and so may one that could never be taken: only its problem is known then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from catalogue import identifiers, oai_identifier
from catalogue.cluster import Rule
from catalogue.defaults import added_by, without_marks
from catalogue.errors import NoCluster, UnknownRecord
from catalogue.query import And, AnyText, Compare, Operator, Or, RecordQuery
from catalogue.run import RunKind
from catalogue.store import Store
from catalogue.store.findings.withheld import Withheld
from catalogue.store.holdings.history import Version

#: When runs began, and their kinds, by their numbers.
Moments: TypeAlias = "Mapping[int, tuple[datetime | None, RunKind | None]]"
#: Of a run that is no longer known.
_FORGOTTEN: Final = (None, None)
#: Candidates that are shown.
MOST: Final = 20
#: Records that are looked through for a title.
_LOOKED: Final = 200
_LONGEST: Final = 1000
_MOST_WORDS: Final = 12
_LONGEST_ENDING: Final = 200
#: Arguments of addresses in which identifiers stand.
_ARGUMENTS: Final = ("identifier", "id", "uuid", "recordid")


class What(StrEnum):
    """What happened to a record."""

    TAKEN = "taken"
    CHANGED = "changed"
    #: The same bytes, by newer rules.
    READ_ANEW = "read anew"
    DELETED = "deleted"
    LIVE_AGAIN = "live again"
    #: It could not be taken.
    SET_ASIDE = "set aside"
    #: Complete lists of its source lack it.
    ABSENT = "absent"


class Standing(StrEnum):
    """How it is with a record now."""

    LIVE = "live"
    DELETED = "deleted"
    #: It has never been in the catalogue: no run could take it.
    SET_ASIDE = "set-aside"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a record."""

    what: What
    run: int
    #: None where it is no longer known.
    at: datetime | None
    kind: RunKind | None = None
    #: Of what was set aside: which rule it broke, and where, and why.
    rule: str = ""
    path: str = ""
    why: str = ""
    #: What its answer needed before it could be read.
    repairs: tuple[str, ...] = ()
    #: What it did not say, and the defaults of its source supplied: `language` and so on.
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Twin:
    """A record of another source, or the same, that is taken for a copy of this one."""

    identifier: str
    source_id: str
    title: str
    #: Why; None where it is through a third one, or by a person's decision.
    rule: Rule | None
    #: It stands for all of them.
    leads: bool


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that is known of one record."""

    source_id: str
    source_identifier: str
    standing: Standing
    events: tuple[Event, ...]
    identifier: str = ""
    title: str = ""
    metadata_prefix: str = ""
    first_visible: datetime | None = None
    datestamp: datetime | None = None
    source_datestamp: str = ""
    sets: tuple[str, ...] = ()
    #: metadataPrefixes in which the feed has it.
    formats: tuple[str, ...] = ()
    #: Of a record that is there, the run that listed it last, and when that was.
    last_listed: int | None = None
    last_listed_at: datetime | None = None
    #: Since when complete lists lack it, and how many in a row.
    absent_since: datetime | None = None
    absent_lists: int = 0
    waits: Withheld | None = None
    twins: tuple[Twin, ...] = ()
    #: It leads its copies, or has none.
    leads: bool = True
    #: As it is now: what its source did not send and the defaults of that supplied.
    added: tuple[str, ...] = ()

    @property
    def set_aside_since(self) -> Event | None:
        """That its newest version could not be taken, where that was after all that could."""
        newest = max(self.events, key=lambda event: event.run, default=None)
        return newest if newest is not None and newest.what is What.SET_ASIDE else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be meant."""

    source_id: str
    source_identifier: str
    #: Ours; empty where it was never taken.
    identifier: str
    title: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Sought:
    """What was found under a name."""

    candidates: tuple[Candidate, ...] = ()
    #: There are more than are shown.
    more: bool = False


def names_in(typed: str) -> list[str]:
    """The identifiers that somebody may have meant: as typed, and those that stand in an address."""
    text = typed.strip()[:_LONGEST]
    found = [text]
    try:
        parts = urlsplit(text)
    except ValueError:
        return found
    if parts.scheme in {"http", "https"} and parts.netloc:
        found += [value for name, value in parse_qsl(parts.query) if name.lower() in _ARGUMENTS]
        _, cut, rest = parts.path.partition("/items/")
        found.append(unquote(rest if cut else parts.path.rpartition("/")[2]))
        found.append(unquote(parts.fragment.rpartition("/")[2]))
    found += identifiers.spellings(text)
    return [name for name in dict.fromkeys(one.strip() for one in found) if name]


def seek(store: Store, namespace: str, typed: str) -> Sought:
    """The records that answer to a name: by their identifiers, else by their titles."""
    names = names_in(typed)
    found = (
        _identified(store, namespace, names)
        or _ending(store, namespace, typed.strip())
        or _identifying(store, names)
        or _titled(store, typed)
    )
    return Sought(tuple(found[:MOST]), len(found) > MOST)


def _identified(store: Store, namespace: str, names: Sequence[str]) -> list[Candidate]:
    sources = store.sources.ids()
    ours = [oai_identifier.mint(namespace, source, name) for source in sources for name in names]
    rows = {row.id: row for name in names for row in store.history.find([name], name)}
    rows |= {row.id: row for row in store.history.find(ours, "")} if ours else {}
    found = [_candidate(row) for _, row in sorted(rows.items())]
    known = {(one.source_id, one.source_identifier) for one in found}
    aside = store.history.never_taken(sources, names)
    found += [
        Candidate(source, name, "", "", Standing.SET_ASIDE)
        for source, name in aside
        if (source, name) not in known
    ]
    return found


def _candidate(row: Any) -> Candidate:
    standing = Standing.DELETED if row.deleted else Standing.LIVE
    return Candidate(row.source_id, row.source_identifier, row.identifier, row.title, standing)


def _ending(store: Store, namespace: str, typed: str) -> list[Candidate]:
    """By the last part of an identifier, behind what the identifiers of each source begin with."""
    if not typed or len(typed) > _LONGEST_ENDING or any(sign.isspace() for sign in typed):
        return []
    pairs = [(source, f"{begin}{typed}") for source, begin in store.beginnings.all()]
    rows = store.history.find([oai_identifier.mint(namespace, *pair) for pair in pairs], "") if pairs else []
    found = [_candidate(row) for row in rows]
    known = {(one.source_id, one.source_identifier) for one in found}
    aside = [pair for pair in store.history.never_taken_of(pairs) if pair not in known]
    return found + [Candidate(*pair, "", "", Standing.SET_ASIDE) for pair in aside]


def _identifying(store: Store, names: Sequence[str]) -> list[Candidate]:
    """By what is written in records: DOIs, addresses, numbers of documents."""
    parts = tuple(Compare("identifier", Operator.EQUAL, name, match_case=False) for name in names)
    return _candidates(store, RecordQuery(Or(parts), limit=MOST + 1)) if parts else []


def _titled(store: Store, typed: str) -> list[Candidate]:
    words = typed.split()[:_MOST_WORDS]
    if not words:
        return []
    where = And(tuple(AnyText((word,)) for word in words))
    found = _candidates(store, RecordQuery(where, limit=_LOOKED))
    wanted = [word.casefold() for word in words]
    return [one for one in found if all(word in one.title.casefold() for word in wanted)]


def _candidates(store: Store, query: RecordQuery) -> list[Candidate]:
    return [_candidate(row) for row in store.history.numbered(store.search.ids(query))]


def life_of(store: Store, candidate: Candidate) -> Life:
    """The life of a record.

    Raises:
        UnknownRecord: it is not there any more.
    """
    aside = store.history.faults(candidate.source_id, candidate.source_identifier)
    if not candidate.identifier:
        moments = store.runs.moments({fault.run_id for fault in aside})
        events = tuple(_set_aside(aside, moments))
        return Life(candidate.source_id, candidate.source_identifier, Standing.SET_ASIDE, events)
    rows = store.history.find([candidate.identifier], "")
    if not rows:
        raise UnknownRecord(f"there is no record {candidate.identifier!r}")
    [row] = rows
    versions = store.history.versions(row.id)
    moments = store.runs.moments(
        {row.first_run, row.seen_run, *(one.run_id for one in versions), *(fault.run_id for fault in aside)}
    )
    happened = [*_changes(row, versions, moments), *_set_aside(aside, moments)]
    in_order = sorted(happened, key=lambda event: (event.run, event.what.value))
    absence = store.history.absence(row.id)
    life = Life(
        row.source_id,
        row.source_identifier,
        Standing.DELETED if row.deleted else Standing.LIVE,
        tuple(in_order),
        identifier=row.identifier,
        title=row.title,
        metadata_prefix=row.metadata_prefix,
        first_visible=datetime.fromtimestamp(row.first_datestamp, UTC),
        datestamp=datetime.fromtimestamp(row.datestamp, UTC),
        source_datestamp=row.source_datestamp,
        sets=tuple(row.set_specs.split()),
        formats=() if row.deleted else tuple(store.history.formats(row.id)),
        # Of a deleted record it is the run that deleted it.
        last_listed=None if row.deleted else row.seen_run,
        last_listed_at=None if row.deleted else moments.get(row.seen_run, _FORGOTTEN)[0],
        absent_since=absence[0] if absence else None,
        absent_lists=absence[1] if absence else 0,
        waits=store.withheld.of_records([row.id]).get(row.id),
        added=() if row.deleted else added_by(tuple(row.repairs.split())),
    )
    return _with_twins(store, life)


def _set_aside(aside: Sequence[Any], moments: Moments) -> Iterator[Event]:
    for fault in aside:
        yield Event(
            What.SET_ASIDE,
            fault.run_id,
            fault.at,
            moments.get(fault.run_id, _FORGOTTEN)[1],
            rule=fault.rule,
            path=fault.path,
            why=fault.message,
        )


def _changes(row: Any, versions: Sequence[Version], moments: Moments) -> Iterator[Event]:
    """What each run made of it, the oldest first."""
    after = [(one.deleted, one.payload_digest, one.repairs) for one in versions[1:]]
    after.append((row.deleted, row.payload_digest, tuple(row.repairs.split())))
    if row.first_run:
        repairs = versions[0].repairs if versions else after[-1][2]
        yield _event(moments, row.first_run, What.TAKEN, repairs)
    # No run has changed what is as it first came.
    for before, (deleted, digest, needed) in zip(versions, after[: len(versions)], strict=True):
        if deleted:
            what = What.DELETED
        elif before.deleted:
            what = What.LIVE_AGAIN
        else:
            what = What.CHANGED if digest != before.payload_digest else What.READ_ANEW
        yield _event(moments, before.run_id, what, () if deleted else needed)


def _event(moments: Moments, run: int, what: What, repairs: tuple[str, ...]) -> Event:
    at, kind = moments.get(run, _FORGOTTEN)
    return Event(what, run, at, kind, repairs=without_marks(repairs), added=added_by(repairs))


def _with_twins(store: Store, life: Life) -> Life:
    try:
        cluster = store.clusters.of(life.identifier)
    except (NoCluster, UnknownRecord):
        return life
    own = next(member.record_id for member in cluster.members if member.identifier == life.identifier)
    rules = {frozenset((match.first, match.second)): match.rule for match in cluster.matches}
    twins = [
        Twin(
            member.identifier,
            member.source_id,
            member.title,
            rules.get(frozenset((own, member.record_id))),
            member is cluster.lead,
        )
        for member in cluster.members
        if member.record_id != own
    ]
    return replace(life, twins=tuple(twins), leads=cluster.lead.record_id == own)
