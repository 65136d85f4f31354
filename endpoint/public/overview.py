"""What the front page says of the catalogue, in one frozen piece."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.formats import FORMATS, MetadataFormat
from catalogue.run import Ending, HarvestRun
from catalogue.sets import source_set
from catalogue.source import Protocol, Source, SourceState
from catalogue.store import Store
from catalogue.store.holdings.sets import SetCount
from endpoint.public import wording

_PROTOCOLS = {
    Protocol.OAI_PMH: "OAI-PMH",
    Protocol.CSW: "CSW",
    Protocol.OAI_STATIC: "OAI static repository",
    Protocol.OGC_RECORDS: "OGC API - Records",
    Protocol.DATA_JSON: "DCAT-US",
    Protocol.FEED: "Atom / RSS",
    Protocol.FILES: "XML files",
}


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source on the front page."""

    id: str
    title: str
    protocol: str
    base_url: str
    set_spec: str
    records: int
    gone: int
    #: `good`, `partial`, `bad`, or `none` where no run has ended.
    grade: str
    source: Source
    #: The newest run that has ended.
    ended: HarvestRun | None
    #: The run that is open.
    current: HarvestRun | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The catalogue at a glance."""

    sources: tuple[SourceLine, ...]
    records: int
    gone: int
    #: The formats that the feed has.
    formats: tuple[MetadataFormat, ...]

    @property
    def working(self) -> int:
        """How many sources have an open run."""
        return sum(line.current is not None for line in self.sources)


def find_out(store: Store) -> Overview:
    """Ask the store."""
    counts = store.sets.source_counts()
    newest, ended = store.runs.newest_of_each(), store.runs.newest_of_each(ended=True)
    lines = tuple(
        _line(source, counts.get(source.id, SetCount()), newest.get(source.id), ended.get(source.id))
        for source in store.sources.all(SourceState.ACTIVE, SourceState.SUSPENDED)
    )
    prefixes = set(store.feed.prefixes())
    return Overview(
        sources=lines,
        records=sum(count.members for count in counts.values()),
        gone=sum(count.gone for count in counts.values()),
        formats=tuple(form for form in FORMATS if form.prefix in prefixes),
    )


def _line(source: Source, count: SetCount, newest: HarvestRun | None, ended: HarvestRun | None) -> SourceLine:
    return SourceLine(
        id=source.id,
        title=wording.public(source.label),
        protocol=_PROTOCOLS[source.protocol],
        base_url=wording.public(source.base_url),
        set_spec=source_set(source.id),
        records=count.members,
        gone=count.gone,
        grade=_grade(ended),
        source=source,
        ended=ended,
        current=newest if newest is not None and newest.is_open else None,
    )


def _grade(run: HarvestRun | None) -> str:
    match run.ending if run else None:
        case None:
            return "none"
        case Ending.COMPLETE | Ending.NOTHING_NEW:
            return "good"
        case Ending.COMPLETE_WITH_FAULTS | Ending.CANCELLED | Ending.HELD:
            return "partial"
        case _:
            return "bad"
