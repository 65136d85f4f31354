"""How long the lists of the feed are.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_OF_SETS = """
INSERT INTO list_sizes (set_id, day, share, entries)
SELECT set_id, datestamp / 86400, 0, count(*) FROM record_sets GROUP BY set_id, datestamp / 86400
"""
_OF_EVERYTHING = """
INSERT INTO list_sizes (set_id, day, share, entries)
SELECT 0, datestamp / 86400, 0, count(*) FROM renditions WHERE prefix = 'oai_dc' GROUP BY datestamp / 86400
"""


def upgrade() -> None:
    op.create_table(
        "list_sizes",
        sa.Column("set_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("day", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("share", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("set_id", "day", "share", name="pk_list_sizes"),
        sqlite_with_rowid=False,
    )
    op.execute(_OF_SETS)
    op.execute(_OF_EVERYTHING)


def downgrade() -> None:
    op.drop_table("list_sizes")
