"""Guards, questions, and what each run changed.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.add_column("sources", sa.Column("guards", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("sources", sa.Column("listed_at", sa.DateTime(timezone=True)))
    op.add_column("sources", sa.Column("history_from", sa.BigInteger(), nullable=False, server_default="0"))
    # Of the runs so far it is not known what they changed.
    op.execute(
        "UPDATE sources SET history_from ="
        " (SELECT coalesce(max(runs.id) + 1, 0) FROM runs WHERE runs.source_id = sources.id)"
    )
    op.add_column("runs", sa.Column("absent", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("runs", sa.Column("scope", sa.Text(), nullable=False, server_default=""))
    op.add_column("records", sa.Column("first_run", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_records_source", "records", ["source_id", "deleted", "id"])
    op.create_table(
        "record_versions",
        sa.Column("run_id", _BIG, primary_key=True, autoincrement=False),
        sa.Column("record_id", _BIG, primary_key=True, autoincrement=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("payload_digest", sa.LargeBinary(20)),
        sa.Column("source_datestamp", sa.Text(), nullable=False),
        sa.Column("about_digest", sa.LargeBinary(20)),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_record_versions_record", "record_versions", ["record_id", "run_id"])
    op.create_table(
        "absences",
        sa.Column("record_id", _BIG, sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
        sa.Column("source_id", sa.Text(), nullable=False, index=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lists", sa.Integer(), nullable=False),
        sa.Column("last_run", sa.BigInteger(), nullable=False),
    )
    _questions()


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("source_id", sa.Text(), sa.ForeignKey("sources.id"), nullable=False, index=True),
        sa.Column("run_id", _BIG, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "one_open_question",
        "questions",
        ["source_id", "topic"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "decisions",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("question_id", _BIG, sa.ForeignKey("questions.id"), nullable=False, index=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("letter", sa.Text(), nullable=False, server_default=""),
    )
    op.create_table(
        "withheld",
        sa.Column("record_id", _BIG, sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
        sa.Column("source_id", sa.Text(), nullable=False, index=True),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", _BIG, sa.ForeignKey("questions.id"), index=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("payload_digest", sa.LargeBinary(20)),
        sa.Column("source_datestamp", sa.Text(), nullable=False),
        sa.Column("about_digest", sa.LargeBinary(20)),
        sa.Column("kept_until", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    for table in ("withheld", "decisions", "questions", "absences", "record_versions"):
        op.drop_table(table)
    op.drop_index("ix_records_source", "records")
    op.drop_column("records", "first_run")
    op.drop_column("runs", "scope")
    op.drop_column("runs", "absent")
    op.drop_column("sources", "history_from")
    op.drop_column("sources", "listed_at")
    op.drop_column("sources", "guards")
