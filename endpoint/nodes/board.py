"""All nodes as everybody may see them: what they hold, in which languages, and how fresh it is.

It is found out anew when it is no longer fresh, by one request at a time; nothing in it is for some alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from starlette.datastructures import State
from starlette.requests import Request

from catalogue.freshness import Freshness, freshness, of_all
from catalogue.participants import Participant, find, participants
from catalogue.sets import source_set
from catalogue.source import Source
from catalogue.store import Store
from catalogue.store.holdings.sets import SetCount
from endpoint.public.fresh import Fresh


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source of a node."""

    source: Source
    freshness: Freshness
    #: When its newest harvest ended that came to the end of its list.
    good_at: datetime | None
    records: int
    #: Told as deleted.
    gone: int
    #: Language (BCP 47, without a region) -> how many of its records are in it.
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A node."""

    participant: Participant
    sources: tuple[SourceLine, ...]

    @property
    def id(self) -> str:
        """As it stands in addresses."""
        return self.participant.id

    @property
    def name(self) -> str:
        """What people call it."""
        return self.participant.name

    @property
    def records(self) -> int:
        """How many records it holds."""
        return sum(one.records for one in self.sources)

    @property
    def gone(self) -> int:
        """How many are told as deleted."""
        return sum(one.gone for one in self.sources)

    @property
    def freshness(self) -> Freshness:
        """The word for all of it."""
        return of_all(one.freshness for one in self.sources)

    @property
    def good_at(self) -> datetime | None:
        """When the newest good harvest ended of those of its sources that its word comes from."""
        word = self.freshness
        ended = [one.good_at for one in self.sources if one.freshness is word and one.good_at]
        return max(ended, default=None)

    @property
    def languages(self) -> dict[str, int]:
        """Language -> how many records, the most frequent first."""
        counts: Counter[str] = Counter()
        for one in self.sources:
            counts.update(one.languages)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True, slots=True)
class Board:
    """All nodes, at one moment."""

    at: datetime
    lines: tuple[Line, ...]

    def line(self, name: str) -> Line:
        """The node of this id, or whose source has it.

        Raises:
            UnknownNode: there is none.
        """
        wanted = find((line.participant for line in self.lines), name).id
        return next(line for line in self.lines if line.id == wanted)


def _whole(spoken: Mapping[str, int]) -> Counter[str]:
    """Languages without their regions: ru-RU is no other language than ru to who looks for records in it."""
    counts: Counter[str] = Counter()
    for tag, records in spoken.items():
        counts[tag.partition("-")[0]] += records
    return counts


def find_out(store: Store) -> Board:
    """Ask the store."""
    now = datetime.now(UTC)
    good = {glance.id: glance.good_at for glance in store.overview.glances()}
    counts, branch = store.sets.source_counts(), source_set("")
    spoken = store.within.by_set(branch, "language")

    def line(source: Source) -> SourceLine:
        held, good_at = counts.get(source.id, SetCount()), good.get(source.id)
        languages = _whole(spoken.get(f"{branch}{source.id}", {}))
        word = freshness(source, good_at, now)
        return SourceLine(source, word, good_at, held.members, held.gone, languages)

    return Board(now, tuple(Line(one, tuple(map(line, one.sources))) for one in participants(store)))


def board_of(request: Request) -> Board:
    """All nodes, as this application knows them."""
    return board_in(request.app.state)


def board_in(state: State) -> Board:
    """The same, from what the application keeps."""
    found: Fresh[Board] | None = getattr(state, "nodes_board", None)
    if found is None:
        found = state.nodes_board = Fresh(partial(find_out, state.services.store))
    return found.latest()
