"""One node in all that everybody may see of it: what it held over time, what was mended, what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from starlette.datastructures import State
from starlette.requests import Request

from catalogue.formats import FORMATS, MetadataFormat
from catalogue.sets import SOURCE_BRANCH, SetTree, load_sets, source_set
from catalogue.store import Store
from catalogue.store.findings.problems import Mended
from endpoint.deps import Services
from endpoint.nodes.board import Line, SourceLine, board_in, board_of
from endpoint.nodes.charts import Trend, trend
from endpoint.public.fresh import Fresh

#: Runs that changed something, as far as the chart goes back.
_STEPS: Final = 500
_MENDED_FOR: Final = timedelta(days=366)
_SETS: Final = 24


@dataclass(frozen=True, slots=True)
class SetShare:
    """A set that some of the records are in."""

    spec: str
    #: Language (BCP 47) -> what it is called.
    labels: Mapping[str, str]
    records: int


@dataclass(frozen=True, slots=True)
class MendedMonth:
    """What was mended within a month."""

    #: Its first day.
    month: datetime
    #: Rule -> how many records, the most first.
    rules: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many records in all."""
        return sum(self.rules.values())


@dataclass(frozen=True, slots=True)
class SourceDetail:
    """A source of it."""

    line: SourceLine
    set_spec: str
    trend: Trend | None
    sets: Sequence[SetShare]
    #: Who looks after it, where he wants everybody to know.
    person: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A node."""

    line: Line
    sources: tuple[SourceDetail, ...]
    #: By month, the newest first.
    mended: Sequence[MendedMonth]
    #: Formats in which the feed gives its records out.
    formats: Sequence[MetadataFormat]


def detail(known: Services, line: Line, now: datetime) -> Detail:
    """Ask the store."""
    store = known.store
    tree, held = load_sets(known.settings.sets_path), set(store.feed.prefixes())
    ids = [one.source.id for one in line.sources]
    return Detail(
        line,
        tuple(_source(store, tree, one, now) for one in line.sources),
        by_month(store.problems.mended(ids, now - _MENDED_FOR)),
        [form for form in FORMATS if form.written or form.prefix in held],
    )


def _source(store: Store, tree: SetTree, line: SourceLine, now: datetime) -> SourceDetail:
    spec = source_set(line.source.id)
    steps = store.overview.steps(line.source.id, _STEPS)
    registration = store.registrations.behind(line.source.id)
    who, hears = (registration.answers.who, registration.answers.hears) if registration else (None, None)
    person = who.person if who and hears and hears.person_is_public else ""
    shares = _shares(store.sets.shared(spec), tree)
    return SourceDetail(line, spec, trend(steps, line.records, now), shares, person)


def _shares(counts: Mapping[str, int], tree: SetTree) -> list[SetShare]:
    """The largest of the sets that have a name, without those that only gather others."""
    gathering = {spec.rpartition(":")[0] for spec in counts}
    found = []
    for spec, count in counts.items():
        node = tree.get(spec)
        named = node is not None and bool(node.labels)
        if named and spec not in gathering and spec.partition(":")[0] != SOURCE_BRANCH:
            found.append(SetShare(spec, node.labels if node else {}, count))
    return sorted(found, key=lambda one: (-one.records, one.spec))[:_SETS]


def by_month(found: Iterable[Mended]) -> list[MendedMonth]:
    """What was mended, month by month, the newest first."""
    months: dict[datetime, Counter[str]] = {}
    for one in found:
        month = one.at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        months.setdefault(month, Counter())[one.rule] += one.count
    return [MendedMonth(month, dict(months[month].most_common())) for month in sorted(months, reverse=True)]


def detail_of(request: Request, name: str) -> Detail:
    """A node, as this application knows it.

    Raises:
        UnknownNode: there is none of this name.
    """
    line, state = board_of(request).line(name), request.app.state
    kept: dict[str, Fresh[Detail]] | None = getattr(state, "nodes_detail", None)
    if kept is None:
        kept = state.nodes_detail = {}
    if line.id not in kept:
        # Nodes are few: each is kept as long as the application lives.
        kept[line.id] = Fresh(partial(_now, request.app.state, line.id))
    return kept[line.id].latest()


def _now(state: State, name: str) -> Detail:
    known: Services = state.services
    board = board_in(state)
    return detail(known, board.line(name), board.at)
