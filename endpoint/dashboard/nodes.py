"""The table of nodes: those that this reader may see, each with its word, as he wants them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from starlette.datastructures import QueryParams
from starlette.requests import Request

from catalogue.dues import Dues, waits_until
from catalogue.node_state import NodeState, state_of
from catalogue.people import Action
from catalogue.run import HarvestRun
from catalogue.store import Store
from catalogue.store.holdings.sets import SetCount
from catalogue.store.registry.overview import Glance, Spark
from endpoint.auth.gate import Reader
from endpoint.dashboard import charts
from endpoint.deps import services
from endpoint.public.fresh import Fresh

#: Nodes on a page.
PAGE: Final = 50
_LONGEST: Final = 200
_DIGITS: Final = 9
#: Columns of the table: those that it has, and those that it can have.
COLUMNS: Final = ("state", "last", "next", "records", "runs", "problems")
MORE: Final = ("address", "schedule")
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ORDER: Final = {state: number for number, state in enumerate(NodeState)}


@dataclass(frozen=True, slots=True)
class NodeLine:
    """One node, as the table has it."""

    glance: Glance
    state: NodeState
    #: When it is harvested next by its schedule; its last due time where a harvest is owed.
    next_at: datetime | None
    owed: bool
    records: int
    problems: int = 0
    #: Records held after each of its newest runs, the oldest first.
    held: Sequence[int] = ()
    #: When the quiet hours end for which a harvest of it waits; None where none does.
    waits_until: datetime | None = None

    @property
    def id(self) -> str:
        """The source's id."""
        return self.glance.id

    @property
    def label(self) -> str:
        """What people call it."""
        return self.glance.label

    @property
    def points(self) -> str:
        """Its sparkline, as SVG has the points of a polyline."""
        return charts.sparkline(self.held)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which nodes are wanted, and in which order."""

    states: frozenset[NodeState] = frozenset()
    text: str = ""
    sort: str = "state"
    backwards: bool = False
    page: int = 1
    #: Columns of the table beside the name.
    columns: tuple[str, ...] = COLUMNS

    @classmethod
    def of(cls, asked: QueryParams) -> Wish:
        """As the address says; what cannot be understood is left out."""
        keys = {state.key: state for state in NodeState}
        sort, page, wanted = asked.get("sort", ""), asked.get("page", ""), asked.getlist("column")
        return cls(
            states=frozenset(keys[key] for key in asked.getlist("state") if key in keys),
            text=asked.get("q", "")[:_LONGEST].strip(),
            sort=sort.lstrip("-") if sort.lstrip("-") in SORTS else "state",
            backwards=sort.startswith("-"),
            page=max(1, int(page) if page.isascii() and page.isdigit() and len(page) <= _DIGITS else 1),
            columns=tuple(name for name in (*COLUMNS, *MORE) if name in wanted) or COLUMNS,
        )

    @property
    def query(self) -> dict[str, list[str] | str]:
        """As it stands in an address, without its page."""
        return {
            "state": sorted(state.key for state in self.states),
            "q": self.text,
            "sort": ("-" if self.backwards else "") + self.sort,
            "column": [] if self.columns == COLUMNS else list(self.columns),
        }

    def wants(self, line: NodeLine) -> bool:
        """Whether a node is meant."""
        if self.states and line.state not in self.states:
            return False
        words = self.text.casefold().split()
        text = f"{line.label} {line.id} {line.glance.base_url}".casefold() if words else ""
        return all(word in text for word in words)


def _name(line: NodeLine) -> tuple[str, str]:
    return line.label.casefold(), line.id


SORTS: Final[Mapping[str, Callable[[NodeLine], Any]]] = {
    "state": lambda line: (_ORDER[line.state], *_name(line)),
    "name": _name,
    "last": lambda line: (line.glance.good_at or _EVER, *_name(line)),
    "next": lambda line: (line.next_at is None, line.next_at or _EVER, *_name(line)),
    "records": lambda line: (line.records, *_name(line)),
    "problems": lambda line: (line.problems, *_name(line)),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the dashboard tells one reader."""

    now: datetime
    #: Every node that he may see, by id.
    lines: Sequence[NodeLine]
    counts: Mapping[NodeState, int] = field(default_factory=dict)

    def chosen(self, wish: Wish) -> list[NodeLine]:
        """The nodes that are wanted, in the order that is."""
        found = [line for line in self.lines if wish.wants(line)]
        return sorted(found, key=SORTS[wish.sort], reverse=wish.backwards)


def desk(
    request: Request,
    reader: Reader,
    source_ids: Sequence[str] | None = None,
    *,
    action: Action = Action.SEE,
) -> Desk:
    """How the nodes stand to which this reader may do this: all of them, or of these."""
    known, now = services(request), datetime.now(UTC)
    dues, counts = dues_of(request), _counts(request).latest()
    may_see = _visible(known.store, reader, action)
    glances = known.store.overview.glances(source_ids)
    lines = [
        _line(glance, dues, counts, now) for glance in glances if may_see is None or glance.id in may_see
    ]
    return Desk(now, lines, Counter(line.state for line in lines))


def _visible(store: Store, reader: Reader, action: Action) -> frozenset[str] | None:
    nodes = reader.nodes(action)
    if nodes is None:
        return None
    return frozenset(one for node in nodes for one in store.organisations.sources_of(node))


def _line(glance: Glance, dues: Dues, counts: Mapping[str, SetCount], now: datetime) -> NodeLine:
    facts, due = dues.facts(glance, now), dues.of(glance, now)
    held = counts.get(glance.id)
    next_at = due.last if facts.owed else due.next
    state = state_of(facts)
    until = waits_until(glance, now) if state is NodeState.QUIET else None
    return NodeLine(glance, state, next_at, facts.owed, held.members if held else 0, waits_until=until)


def dues_of(request: Request) -> Dues:
    """What this application knows of schedules."""
    found: Dues | None = getattr(request.app.state, "dues", None)
    if found is None:
        found = request.app.state.dues = Dues(services(request).settings.schedule_jitter)
    return found


def _counts(request: Request) -> Fresh[dict[str, SetCount]]:
    found: Fresh[dict[str, SetCount]] | None = getattr(request.app.state, "source_counts", None)
    if found is None:
        find_out = partial(services(request).store.sets.source_counts)
        found = request.app.state.source_counts = Fresh(find_out)
    return found


def with_details(store: Store, lines: Sequence[NodeLine], now: datetime) -> list[NodeLine]:
    """The same with their problems and their newest runs: for a page of them."""
    ids = [line.id for line in lines]
    problems, sparks = store.problems.counts(ids, now), store.overview.sparks(ids)
    return [
        replace(
            line,
            problems=problems.get(line.id, 0),
            held=held_after(line.records, sparks.get(line.id, [])),
        )
        for line in lines
    ]


def held_after(records: int, sparks: Sequence[Spark]) -> list[int]:
    """How many records were held after each of these runs, of which the last is the newest."""
    found = []
    for spark in reversed(sparks):
        found.append(max(0, records))
        records -= spark.new - spark.gone
    return found[::-1]


def at_work(desk: Desk) -> list[tuple[NodeLine, HarvestRun]]:
    """Nodes with an open run, and that run; what is running first."""
    found = [(line, line.glance.current) for line in desk.lines if line.glance.current]
    return sorted(found, key=lambda one: (one[1].state != "running", one[1].id))
