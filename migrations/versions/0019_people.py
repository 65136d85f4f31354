"""People, organisations and nodes; ways in; the audit.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
    )
    op.create_table(
        "nodes",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column(
            "organisation_id", sa.Text(), sa.ForeignKey("organisations.id"), nullable=False, index=True
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
    )
    # In one statement: Alembic would make the table of sources anew on SQLite.
    op.execute(
        "ALTER TABLE sources ADD COLUMN node_id TEXT CONSTRAINT fk_sources_node_id REFERENCES nodes (id)"
    )
    op.create_index("ix_sources_node_id", "sources", ["node_id"])
    _people()
    _ways_in()
    op.create_table(
        "audit",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("at", _WHEN, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
    )
    op.create_index("ix_audit_about_id", "audit", ["about", "id"])
    op.create_index("ix_audit_who_id", "audit", ["who", "id"])


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("added_at", _WHEN, nullable=False),
        sa.Column("seen_at", _WHEN),
        sa.Column("removed_at", _WHEN),
    )
    there = sa.text("removed_at IS NULL")
    op.create_index(
        "one_person_per_mail", "people", ["mail"], unique=True, sqlite_where=there, postgresql_where=there
    )
    op.create_table(
        "person_roles",
        _person(primary_key=True),
        sa.Column("role", sa.Text(), primary_key=True),
    )
    op.create_table(
        "node_managers",
        _person(primary_key=True),
        sa.Column("node_id", sa.Text(), sa.ForeignKey("nodes.id"), primary_key=True, index=True),
    )


def _ways_in() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
        _person(index=True),
        sa.Column("begun_at", _WHEN, nullable=False),
        sa.Column("seen_at", _WHEN, nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        _person(index=True),
        sa.Column("expires_at", _WHEN, nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
        _person(index=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("made_at", _WHEN, nullable=False),
        sa.Column("expires_at", _WHEN, nullable=False),
        sa.Column("used_at", _WHEN),
    )
    op.create_table(
        "attempts",
        sa.Column("id", _BIG, primary_key=True),
        sa.Column("at", _WHEN, nullable=False, index=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
    )
    op.create_index("ix_attempts_name_at", "attempts", ["name", "at"])
    op.create_index("ix_attempts_client_at", "attempts", ["client", "at"])


def _person(**more: bool) -> sa.Column:
    return sa.Column(
        "person_id", _BIG, sa.ForeignKey("people.id"), autoincrement=False, nullable=False, **more
    )


def downgrade() -> None:
    for name in ("audit", "attempts", "tokens", "sign_in_links", "sessions", "node_managers", "person_roles"):
        op.drop_table(name)
    op.drop_table("people")
    op.drop_index("ix_sources_node_id", "sources")
    op.execute("ALTER TABLE sources DROP COLUMN node_id")
    op.drop_table("nodes")
    op.drop_table("organisations")
