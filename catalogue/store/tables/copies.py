"""The tables of copies: what is compared, what was found to be one thing, what people said of it."""

from __future__ import annotations

import sqlalchemy as sa

from catalogue.store.tables.kinds import BigId, Comparable, UtcDateTime, metadata

match_queue = sa.Table(
    "match_queue",
    metadata,
    # Records that were written or deleted, until they are compared with others (catalogue.store.copies).
    # Each entry is taken out by its own number: one that comes meanwhile is never lost.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("record_id", BigId, nullable=False),
    # What they can be found by: numbers of eight bytes, none for a record that was deleted.
    sa.Column("keys", sa.LargeBinary, nullable=False),
)

match_keys = sa.Table(
    "match_keys",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sa.Index("ix_match_keys_record", "record_id", "key"),
    sqlite_with_rowid=False,
)

matches = sa.Table(
    "matches",
    metadata,
    # Two records taken for copies of one thing, the smaller number first, and why (catalogue.cluster.Match).
    sa.Column("first_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("second_id", BigId, primary_key=True, autoincrement=False, index=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("score", sa.Double, nullable=False),
    sa.Column("compared", sa.JSON, nullable=False),
)

cluster_members = sa.Table(
    "cluster_members",
    metadata,
    # Records that have copies; one that has none is not here. A cluster is named after its member with the
    # smallest number.
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("cluster_id", BigId, nullable=False),
    # The one that stands for all.
    sa.Column("lead", sa.Boolean, nullable=False),
    sa.Index(None, "cluster_id"),
)

cluster_decisions = sa.Table(
    "cluster_decisions",
    metadata,
    # What people decided of two records, by identifiers of ours, the smaller first: it survives all else.
    sa.Column("first", Comparable, primary_key=True),
    sa.Column("second", Comparable, primary_key=True, index=True),
    sa.Column("together", sa.Boolean, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
)
