"""What stands before a record's metadata in the feed, and behind them, is kept beside them.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalogue import oai_record

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

#: Records at a time.
_PART = 2000
_READ = sa.text(
    "SELECT records.id, identifier, datestamp, set_specs, source_identifier, source_datestamp,"
    " records.metadata_prefix, origins, metadata_rights, base_url"
    " FROM records JOIN sources ON sources.id = source_id WHERE records.id > :after"
    " ORDER BY records.id LIMIT :part"
)
_FORMATS = sa.text(
    "SELECT record_id, prefix, datestamp FROM renditions WHERE record_id > :after AND record_id <= :last"
)
_WRITE = sa.text(
    "UPDATE renditions SET element_begin = :begin, element_end = :end, element_datestamp = :datestamp"
    " WHERE record_id = :record_id AND prefix = :prefix"
)


def upgrade() -> None:
    op.add_column("renditions", sa.Column("element_begin", sa.LargeBinary()))
    op.add_column("renditions", sa.Column("element_end", sa.LargeBinary()))
    op.add_column("renditions", sa.Column("element_datestamp", sa.BigInteger()))
    connection, after = op.get_bind(), 0
    while found := connection.execute(_READ, {"after": after, "part": _PART}).all():
        rows = {row.id: row for row in found}
        held = connection.execute(_FORMATS, {"after": after, "last": found[-1].id}).all()
        connection.execute(_WRITE, [_made(rows[one.record_id], one) for one in held])
        after = found[-1].id


def _made(row: sa.Row, held: sa.Row) -> dict:
    origin = oai_record.Origin(
        row.base_url,
        row.source_identifier,
        row.source_datestamp,
        row.metadata_prefix,
        row.origins,
        row.metadata_rights,
    )
    return {
        "record_id": held.record_id,
        "prefix": held.prefix,
        "begin": oai_record.begin(row.identifier, held.datestamp, row.set_specs),
        "end": oai_record.end(origin, held.prefix, held.datestamp),
        "datestamp": held.datestamp,
    }


def downgrade() -> None:
    for name in ("element_datestamp", "element_end", "element_begin"):
        op.drop_column("renditions", name)
