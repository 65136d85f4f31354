"""Validators of documents, and until when a source's certificate is good.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "validators",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(20), nullable=False),
        sa.Column("run_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(20), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_validators_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_validators_source_id")),
        sa.PrimaryKeyConstraint("source_id", "key", "run_id", name=op.f("pk_validators")),
    )
    op.add_column("sources", sa.Column("certificate_until", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("sources", "certificate_until")
    op.drop_table("validators")
