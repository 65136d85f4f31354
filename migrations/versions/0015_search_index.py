"""The search index. Records of before wait to be taken in.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import struct

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def _number(name: str, kind: sa.types.TypeEngine[int] = _BIG) -> sa.Column[int]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "index_terms",
        _number("id"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", _TEXT, nullable=False),
        sa.Column("folded", _TEXT),
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_index_terms_key", "index_terms", ["name", "key"])
    op.create_table(
        "index_postings",
        _number("chunk", sa.Integer()),
        _number("term_id"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "index_titles",
        _number("chunk", sa.Integer()),
        sa.Column("key", _TEXT, primary_key=True),
        _number("record_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "index_entries", _number("record_id"), sa.Column("terms", sa.LargeBinary(), nullable=False)
    )
    queue = op.create_table(
        "index_queue",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("records", sa.LargeBinary(), nullable=False),
    )
    state = op.create_table(
        "index_state", _number("id", sa.Integer()), sa.Column("generation", sa.BigInteger(), nullable=False)
    )
    op.bulk_insert(state, [{"id": 1, "generation": 0}])
    _wait(queue)
    _scales()


def _scales() -> None:
    op.add_column("boxes", sa.Column("scale", sa.Integer(), nullable=False, server_default="9"))
    widths = " + ".join(f"(CASE WHEN east - west > {2**power} THEN 1 ELSE 0 END)" for power in range(9))
    op.execute(f"UPDATE boxes SET scale = {widths}")  # noqa: S608 - our own numbers
    op.drop_index("ix_boxes_extent", "boxes")
    op.create_index("ix_boxes_scale", "boxes", ["scale", "west", "east", "south", "north", "record_id"])


def _wait(queue: sa.Table) -> None:
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT id FROM records WHERE NOT deleted ORDER BY id"))
    numbers = found.scalars().all()
    for first in range(0, len(numbers), 1000):
        page = numbers[first : first + 1000]
        connection.execute(sa.insert(queue).values(records=struct.pack(f"{len(page)}q", *page)))


def downgrade() -> None:
    op.drop_index("ix_boxes_scale", "boxes")
    op.create_index("ix_boxes_extent", "boxes", ["west", "east", "south", "north", "record_id"])
    op.drop_column("boxes", "scale")
    for table in (
        "index_state",
        "index_queue",
        "index_entries",
        "index_titles",
        "index_postings",
        "index_terms",
    ):
        op.drop_table(table)
