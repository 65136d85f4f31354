"""The tables of the index that answers searches (catalogue.store.index)."""

from __future__ import annotations

import sqlalchemy as sa

from catalogue.store.tables.kinds import BigId, Comparable, metadata

index_terms = sa.Table(
    "index_terms",
    metadata,
    # What records are known by (catalogue.store.index.terms): words, whose name is empty, and values of
    # queryables. Terms come and never go; their numbers rise.
    sa.Column("id", BigId, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("value", Comparable, nullable=False),
    # Its normal form (queryables.normalise); NULL where that is the value itself.
    sa.Column("folded", Comparable),
    # How the normal form begins; of a date or a number the text that sorts as it does.
    sa.Column("key", Comparable, nullable=False),
    # Records that have it; not kept of words.
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Index("ix_index_terms_key", "name", "key"),
)

index_postings = sa.Table(
    "index_postings",
    metadata,
    # Which records of a chunk have a term (catalogue.store.index.postings).
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("term_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

index_paired = sa.Table(
    "index_paired",
    metadata,
    # Of a chunk: which words are common in it, and of which records the pairs of those are known
    # (catalogue.store.index.pairing). No words are chosen anew before it has twice as many records as then.
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("records", sa.BigInteger, nullable=False),
    # Numbers of terms, of four bytes.
    sa.Column("words", sa.LargeBinary, nullable=False),
    # A bit for each record: its pairs were taken; it has changed since.
    sa.Column("paired", sa.LargeBinary, nullable=False),
    sa.Column("stale", sa.LargeBinary, nullable=False),
)

index_pairs = sa.Table(
    "index_pairs",
    metadata,
    # Which records of a chunk have these two common words in a row, as in index_postings. No first word, but
    # a number that is none: they have the second in a title (catalogue.store.index.titled).
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("second_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

index_edged = sa.Table(
    "index_edged",
    metadata,
    # Of which records of a chunk the edges of their one box are in order (catalogue.store.index.edged): a bit
    # for each; which of them have changed since.
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("known", sa.LargeBinary, nullable=False),
    sa.Column("stale", sa.LargeBinary, nullable=False),
)

index_edges = sa.Table(
    "index_edges",
    metadata,
    # Of a chunk's boxes the edges in order, west or south or east or north, in blocks: what each begins with.
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("edge", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("least", sa.Double, primary_key=True),
    sa.Column("block", sa.Integer, primary_key=True, autoincrement=False),
    # A bit for each record whose edge is before these; then these, and the places of their records.
    sa.Column("body", sa.LargeBinary, nullable=False),
)

index_order = sa.Table(
    "index_order",
    metadata,
    # How the titles and the identifiers of a chunk's records begin, in order (catalogue.store.index.terms).
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("key", Comparable, primary_key=True),
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

index_ranked = sa.Table(
    "index_ranked",
    metadata,
    # Of which records of a chunk the titles are in order (catalogue.store.index.ranks), as in index_edged.
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("known", sa.LargeBinary, nullable=False),
    sa.Column("stale", sa.LargeBinary, nullable=False),
)

index_ranks = sa.Table(
    "index_ranks",
    metadata,
    # Some titles of a chunk that follow each other: how the first of them begins, and their records' places.
    sa.Column("key", Comparable, primary_key=True),
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("block", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

index_entries = sa.Table(
    "index_entries",
    metadata,
    # The terms under which the index has a record: numbers of four bytes.
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("terms", sa.LargeBinary, nullable=False),
)

index_queue = sa.Table(
    "index_queue",
    metadata,
    # Records that were written or deleted since the index took them in: those of a page in a row, numbers of
    # eight bytes. A query looks at them themselves.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("records", sa.LargeBinary, nullable=False),
)

index_state = sa.Table(
    "index_state",
    metadata,
    # One row: how often the index has changed.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("generation", sa.BigInteger, nullable=False),
)
