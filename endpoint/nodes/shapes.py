"""What programs are told of nodes: the same as people, as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from endpoint.nodes.board import Line, SourceLine
from endpoint.nodes.detail import Detail, SourceDetail


class OwnerTold(BaseModel):
    """The organisation that a node belongs to."""

    id: str
    name: str
    url: str = Field(description="Its web page; empty: none is known.")


class NodeTold(BaseModel):
    """A node, as the list has it."""

    id: str
    name: str
    organisation: OwnerTold | None
    country: str = Field(description="ISO 3166-1; empty: none, or several.")
    region: str = Field(description="A term of the vocabulary regions; empty: not known.")
    freshness: str = Field(description="fresh, late, out of date, not harvested yet, paused.")
    harvested_at: datetime | None = Field(description="When the harvest ended that is so fresh.")
    records: int
    deleted: int = Field(description="Records that are told as deleted.")
    languages: dict[str, int] = Field(description="Language (BCP 47), and how many records are in it.")
    page: str = Field(description="Its page for people.")
    badge: str


class HeldTold(BaseModel):
    """How many records were held from a moment on."""

    at: datetime
    records: int


class SourceTold(BaseModel):
    """A source of a node."""

    id: str
    label: str
    protocol: str
    freshness: str
    harvested_at: datetime | None
    records: int
    deleted: int
    set: str = Field(description="The set that has its records.")
    sets: dict[str, int] = Field(description="Other sets that they are in, and how many of them.")
    held: list[HeldTold]


class MendedTold(BaseModel):
    """What was mended within a month."""

    month: str = Field(description="YYYY-MM.")
    records: int
    rules: dict[str, int]


class WholeNodeTold(NodeTold):
    """A node, in all that everybody may see of it."""

    sources: list[SourceTold]
    mended: list[MendedTold]
    formats: list[str] = Field(description="metadataPrefixes in which its records are given out.")


class NodesTold(BaseModel):
    """All nodes, or those that are wanted."""

    nodes: list[NodeTold]


def node_told(line: Line, root: str) -> NodeTold:
    """A node, as the list has it; `root` is where pages are."""
    one = line.participant
    owner = one.organisation
    return NodeTold(
        id=one.id,
        name=line.name,
        organisation=OwnerTold(id=owner.id, name=owner.name, url=owner.url) if owner else None,
        country=one.country,
        region=one.region,
        freshness=line.freshness,
        harvested_at=line.good_at,
        records=line.records,
        deleted=line.gone,
        languages=line.languages,
        page=f"{root}/nodes/{one.id}",
        badge=f"{root}/nodes/{one.id}/badge.svg",
    )


def whole_node_told(found: Detail, root: str) -> WholeNodeTold:
    """A node, in all that everybody may see of it."""
    return WholeNodeTold(
        **node_told(found.line, root).model_dump(),
        sources=[_source(one, one.line) for one in found.sources],
        mended=[
            MendedTold(month=f"{one.month:%Y-%m}", records=one.count, rules=dict(one.rules))
            for one in found.mended
        ],
        formats=[form.prefix for form in found.formats],
    )


def _source(one: SourceDetail, line: SourceLine) -> SourceTold:
    points = one.trend.points if one.trend else ()
    return SourceTold(
        id=line.source.id,
        label=line.source.label,
        protocol=line.source.protocol,
        freshness=line.freshness,
        harvested_at=line.good_at,
        records=line.records,
        deleted=line.gone,
        set=one.set_spec,
        sets={share.spec: share.records for share in one.sets},
        held=[HeldTold(at=point.at, records=point.records) for point in points],
    )
