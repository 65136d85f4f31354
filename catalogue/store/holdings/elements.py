"""Renditions, and what stands around them in the record elements of the feed (catalogue.oai_record)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue import oai_record
from catalogue.oai_record import Origin
from catalogue.provenance import chain
from catalogue.store import dialects, statements
from catalogue.store.engine import writing
from catalogue.store.tables import records, renditions, sources

if TYPE_CHECKING:
    from catalogue.store.holdings.writes import Write

_COLUMNS = ("record_id", "prefix", "datestamp", "body", "element_begin", "element_end", "element_datestamp")


def write(
    connection: Connection, source_id: str, numbered: Iterable[tuple[int, Write]], datestamp: int
) -> None:
    """Write the renditions of records that are new or have changed, and what stands around them."""
    base_url = statements.value_on(connection, _BASE_URL, source=source_id)
    rows: dict[bool, list[tuple[int, str, int, bytes, bytes, bytes, int]]] = {False: [], True: []}
    for number, found in numbered:
        begin = oai_record.begin(found.identifier, datestamp, " ".join(found.set_specs))
        origin = Origin(
            base_url,
            found.source_identifier,
            found.source_datestamp,
            found.metadata_prefix,
            chain(found.about.origins),
            found.about.rights,
            " ".join(found.repairs),
        )
        rows[found.known is not None] += [
            (number, prefix, datestamp, body, begin, oai_record.end(origin, prefix, datestamp), datestamp)
            for prefix, body in found.renditions.items()
        ]
    for replace, made in rows.items():
        dialects.write_rows(connection, renditions, _COLUMNS, made, replace=replace)


def mend(engine: Engine, numbers: Sequence[int]) -> None:
    """Make anew what stands around the renditions of these records.

    While a database is in use by the release before, that writes renditions with nothing around them.
    """
    with writing(engine) as connection:
        wanted = sa.select(dialects.listed(connection, numbers).c.value)
        found = connection.execute(_AROUND.where(records.c.id.in_(wanted))).all()
        changes = [
            {
                "number": row.record_id,
                "format": row.prefix,
                "made": row.datestamp,
                "begin": oai_record.begin(row.identifier, row.datestamp, row.set_specs),
                "end": oai_record.end(Origin(*row[5:]), row.prefix, row.datestamp),
            }
            for row in found
        ]
        if changes:
            connection.execute(_MENDED, changes)


_BASE_URL = sa.select(sources.c.base_url).where(sources.c.id == sa.bindparam("source"))
_AROUND = sa.select(
    renditions.c.record_id,
    renditions.c.prefix,
    renditions.c.datestamp,
    records.c.identifier,
    records.c.set_specs,
    sources.c.base_url,
    records.c.source_identifier,
    records.c.source_datestamp,
    records.c.metadata_prefix,
    records.c.origins,
    records.c.metadata_rights,
    records.c.repairs,
).select_from(
    records.join(renditions, renditions.c.record_id == records.c.id).join(
        sources, sources.c.id == records.c.source_id
    )
)
_MENDED = (
    sa.update(renditions)
    .where(
        renditions.c.record_id == sa.bindparam("number"),
        renditions.c.prefix == sa.bindparam("format"),
        renditions.c.datestamp == sa.bindparam("made"),
    )
    .values(
        element_begin=sa.bindparam("begin"),
        element_end=sa.bindparam("end"),
        element_datestamp=sa.bindparam("made"),
    )
)
