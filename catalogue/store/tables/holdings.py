"""The tables of records: slim rows, and beside them what is long (see the package)."""

from __future__ import annotations

import sqlalchemy as sa

from catalogue.store.tables.kinds import BigId, Comparable, Json, UtcDateTime, metadata

payloads = sa.Table(
    "payloads",
    metadata,
    # BLAKE2b-160 of the bytes as fetched.
    sa.Column("digest", sa.LargeBinary(20), primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    # Zstandard.
    sa.Column("body", sa.LargeBinary, nullable=False),
)

records = sa.Table(
    "records",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("source_id", sa.ForeignKey("sources.id"), nullable=False),
    # Ours: oai:<namespace>:<source>:<their identifier>; made from the next by `identifiers`.
    sa.Column("identifier", sa.Text, nullable=False, unique=True),
    sa.Column("source_identifier", sa.Text, nullable=False),
    sa.Column("source_datestamp", sa.Text, nullable=False),
    # The format in which the source gave it.
    sa.Column("metadata_prefix", sa.Text, nullable=False),
    sa.Column("payload_digest", sa.LargeBinary(20)),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("datestamp", sa.BigInteger, nullable=False),
    # When this item first became visible.
    sa.Column("first_datestamp", sa.BigInteger, nullable=False),
    # What the header says: setSpecs with a space between them.
    sa.Column("set_specs", sa.Text, nullable=False),
    sa.Column("changed_run", sa.BigInteger, nullable=False),
    sa.Column("seen_run", sa.BigInteger, nullable=False),
    # The run that first took it; 0 where that was before runs were noted here.
    sa.Column("first_run", sa.BigInteger, nullable=False, server_default="0"),
    # gmd:fileIdentifier of the iso19139 rendition: the identifier that CSW gives out.
    sa.Column("file_identifier", sa.Text, nullable=False),
    # What the source said about the record (catalogue.provenance): the bytes, among the payloads; the
    # originDescriptions that ours is given to hold; the address of the statement of rights.
    sa.Column("about_digest", sa.LargeBinary(20)),
    sa.Column("origins", sa.Text, nullable=False, server_default=""),
    sa.Column("metadata_rights", sa.Text, nullable=False, server_default=""),
    # Names of the repairs that the answer needed in which it came, with a space between them.
    sa.Column("repairs", sa.Text, nullable=False, server_default=""),
    # For lists and for sorting; empty where the record has none.
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("modified", sa.Text, nullable=False),
    sa.Index(None, "file_identifier"),
    # What is counted and paged through when a query has no condition.
    sa.Index("ix_records_live", "deleted", "id"),
    # Page by page through one source, and what a complete list of it lacks. `seen_run` is not in it: every
    # record of every harvest would move in the index.
    sa.Index("ix_records_source", "source_id", "deleted", "id"),
    # What a run was the first to take. It only grows at its end: runs and records are numbered as they come.
    sa.Index("ix_records_first_run", "first_run", "id"),
)

record_versions = sa.Table(
    "record_versions",
    metadata,
    # What a record was before a run changed it; the state before the first such run is that after the run
    # before. New records have no row: `records.first_run` says it.
    sa.Column("run_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("record_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("payload_digest", sa.LargeBinary(20)),
    sa.Column("source_datestamp", sa.Text, nullable=False),
    sa.Column("about_digest", sa.LargeBinary(20)),
    sa.Column("repairs", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_record_versions_record", "record_id", "run_id"),
    sqlite_with_rowid=False,
)

beginnings = sa.Table(
    "beginnings",
    metadata,
    # What identifiers of a source begin with (catalogue.store.holdings.beginnings).
    sa.Column("source_id", sa.ForeignKey("sources.id"), primary_key=True),
    sa.Column("beginning", sa.Text, primary_key=True),
)

absences = sa.Table(
    "absences",
    metadata,
    # Records that the newest complete lists of their source lack.
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    sa.Column("source_id", sa.Text, nullable=False, index=True),
    # When a complete list lacked it first, in how many it has been lacking in a row, and in which last.
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("lists", sa.Integer, nullable=False),
    sa.Column("last_run", sa.BigInteger, nullable=False),
)

renamings = sa.Table(
    "renamings",
    metadata,
    # Identifiers that a source has given its records since we know them: under each, the record that it is.
    sa.Column("source_id", sa.Text, primary_key=True),
    sa.Column("source_identifier", sa.Text, primary_key=True),
    sa.Column("record_id", sa.ForeignKey("records.id"), nullable=False),
    # What it was called before, and the run that found it so.
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("run_id", sa.BigInteger, nullable=False),
    sa.Index(None, "source_id", "before"),
    sqlite_with_rowid=False,
)

neutral_records = sa.Table(
    "neutral_records",
    metadata,
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    # Every text of the record, normalised: what AnyText is compared with. It stands first, so that
    # reading it does not read what comes behind.
    sa.Column("search_text", Comparable, nullable=False),
    # catalogue.record.to_json
    sa.Column("body", sa.LargeBinary, nullable=False),
)

renditions = sa.Table(
    "renditions",
    metadata,
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    sa.Column("prefix", sa.Text, primary_key=True),
    # The record's datestamp again: the keyset index of every list of this format.
    sa.Column("datestamp", sa.BigInteger, nullable=False),
    # One element in UTF-8; NULL once the record is deleted, so that every list in which it was tells it.
    sa.Column("body", sa.LargeBinary),
    # What stands before it and behind it in the feed (catalogue.oai_record), made for this datestamp: where
    # `datestamp` is another, it is not of this release's making, and made anew when it is asked for.
    sa.Column("element_begin", sa.LargeBinary),
    sa.Column("element_end", sa.LargeBinary),
    sa.Column("element_datestamp", sa.BigInteger),
    sa.Index("ix_renditions_list", "prefix", "datestamp", "record_id"),
)

kept_renditions = sa.Table(
    "kept_renditions",
    metadata,
    # Renditions in formats that are made on demand, made behind the run: good as long as the record has this
    # datestamp and the writers are of this edition. Who changes a record takes them away with it.
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("datestamp", sa.BigInteger, nullable=False),
    # catalogue.rendering.edition
    sa.Column("edition", sa.Text, nullable=False),
    # Zstandard with a dictionary (`lists.kept`): a few hundred bytes, so they stand in the tree.
    sa.Column("body", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

keepings = sa.Table(
    "keepings",
    metadata,
    # How far the list of oai_dc has been gone through to keep what it names in this format, by this edition.
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("edition", sa.Text, nullable=False),
    sa.Column("datestamp", sa.BigInteger, nullable=False),
    sa.Column("record_id", sa.BigInteger, nullable=False),
)

sets = sa.Table(
    "sets",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("set_spec", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
)

record_sets = sa.Table(
    "record_sets",
    metadata,
    sa.Column("set_id", sa.ForeignKey("sets.id"), primary_key=True, autoincrement=False),
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    sa.Column("datestamp", sa.BigInteger, nullable=False),
    # False once the record has left the set: the set's list tells it as deleted, for ever.
    sa.Column("member", sa.Boolean, nullable=False),
    # `member` rides along, so that a page of a set's list reads the index alone.
    sa.Index("ix_record_sets_list", "set_id", "datestamp", "record_id", "member"),
    sqlite_with_rowid=False,
)

list_sizes = sa.Table(
    "list_sizes",
    metadata,
    # How many entries the list of a set, or of everything (0), has of a day: the sum over all shares.
    sa.Column("set_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # Days since 1970-01-01.
    sa.Column("day", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("share", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entries", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

record_queryables = sa.Table(
    "record_queryables",
    metadata,
    # What filters compare: the values of the queryables of a record that is not deleted, as
    # catalogue.store.queries.packed packs them. Short ones are apart from running text: fewer bytes to
    # look through.
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True, autoincrement=False),
    sa.Column("short", Json, nullable=False),
    sa.Column("running", Json, nullable=False),
)

boxes = sa.Table(
    "boxes",
    metadata,
    # A box over the antimeridian is two rows.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("record_id", sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("west", sa.Double, nullable=False),
    sa.Column("south", sa.Double, nullable=False),
    sa.Column("east", sa.Double, nullable=False),
    sa.Column("north", sa.Double, nullable=False),
    # How wide it is (catalogue.store.queries.extents.SCALES).
    sa.Column("scale", sa.Integer, nullable=False, server_default="9"),
    # All that a search asks for stands in the index. Boxes that are about as wide and meet another all begin
    # within a narrow strip.
    sa.Index("ix_boxes_scale", "scale", "west", "east", "south", "north", "record_id"),
)
