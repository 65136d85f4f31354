"""The tables of sources, and of what belongs to a source by itself."""

from __future__ import annotations

import sqlalchemy as sa

from catalogue.store.tables.kinds import UtcDateTime, metadata

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("protocol", sa.Text, nullable=False),
    sa.Column("base_url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("metadata_prefix", sa.Text, nullable=False),
    sa.Column("sets", sa.JSON, nullable=False),
    sa.Column("schedule", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False, server_default=""),
    sa.Column("missed", sa.Text, nullable=False, server_default="make-up"),
    # catalogue.quiet_hours
    sa.Column("quiet_hours", sa.Text, nullable=False, server_default=""),
    sa.Column("scheduled_at", UtcDateTime),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("harvested_until", sa.Text, nullable=False),
    sa.Column("repository_name", sa.Text, nullable=False),
    sa.Column("granularity", sa.Text, nullable=False),
    sa.Column("deleted_record", sa.Text, nullable=False),
    # Quirks.to_json: those that are not as by default.
    sa.Column("quirks", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("certificate_until", sa.Text, nullable=False, server_default=""),
    # Thresholds of guards that are not as in the settings.
    sa.Column("guards", sa.JSON, nullable=False, server_default="{}"),
    # catalogue.defaults: those that are set.
    sa.Column("defaults", sa.JSON, nullable=False, server_default="{}"),
    # When the whole list was last read to its end.
    sa.Column("listed_at", UtcDateTime),
    # The first run from which on `record_versions` is complete.
    sa.Column("history_from", sa.BigInteger, nullable=False, server_default="0"),
    # The node that it belongs to (catalogue.store.tables).
    sa.Column("node_id", sa.ForeignKey("nodes.id"), index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

source_secrets = sa.Table(
    "source_secrets",
    metadata,
    sa.Column("source_id", sa.ForeignKey("sources.id"), primary_key=True),
    # catalogue.credentials.SecretKind
    sa.Column("kind", sa.Text, primary_key=True),
    # By catalogue.sealing: of no use without a key that is not in the database.
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("set_at", UtcDateTime, nullable=False),
    # When it is good no more, where that is known.
    sa.Column("ends_at", UtcDateTime),
)

source_requests = sa.Table(
    "source_requests",
    metadata,
    # How many requests each source was sent, ever: by what came of them and how long they took
    # (catalogue.exchange.Outcome, BOUNDS).
    sa.Column("source_id", sa.ForeignKey("sources.id"), primary_key=True),
    sa.Column("outcome", sa.Text, primary_key=True),
    sa.Column("bound", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("requests", sa.BigInteger, nullable=False),
    sa.Column("milliseconds", sa.BigInteger, nullable=False),
)

validators = sa.Table(
    "validators",
    metadata,
    # Which version of a document a run has seen (catalogue.exchange.Validator).
    sa.Column("source_id", sa.ForeignKey("sources.id"), primary_key=True),
    # Digest of the document's address, which may hold a key.
    sa.Column("key", sa.LargeBinary(20), primary_key=True),
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("last_modified", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary(20), nullable=False),
)

pauses = sa.Table(
    "pauses",
    metadata,
    # What is paused: `all` harvesting, as long as there is such a row.
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
