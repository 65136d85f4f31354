"""The values of a record's queryables in one row; identifiers in order, as titles are.

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any
from zlib import crc32

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

#: Records whose values are packed, or unpacked, together.
_PART = 2000
# As catalogue.queryables and catalogue.store.holdings.writes had it.
_RUNNING = {
    "abstract", "alternative", "lineage", "limitation", "other_constraints", "relation", "rights", "source",
}  # fmt: skip
_ORDINAL = {
    "date", "created", "issued", "available", "valid", "accepted", "submitted", "copyrighted", "revised",
    "temporal_begin", "temporal_end", "specification_date", "denominator", "distance",
}  # fmt: skip
_BUCKETED = {"contributor", "creator", "resource_identifier", "subject", "title"}
_BUCKETS, _LENGTH = 32, 60


def _id() -> sa.types.TypeEngine[Any]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _comparable() -> sa.types.TypeEngine[Any]:
    return sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def _json() -> sa.types.TypeEngine[Any]:
    return sa.Text().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "record_queryables",
        sa.Column("record_id", _id(), primary_key=True, autoincrement=False),
        sa.Column("short", _json(), nullable=False),
        sa.Column("running", _json(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_record_queryables_record_id"),
        sa.PrimaryKeyConstraint("record_id", name="pk_record_queryables"),
    )
    op.create_table(
        "index_order",
        sa.Column("chunk", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("key", _comparable(), primary_key=True),
        sa.Column("record_id", _id(), primary_key=True, autoincrement=False),
        sa.PrimaryKeyConstraint("chunk", "name", "key", "record_id", name="pk_index_order"),
        sqlite_with_rowid=False,
    )
    names = "SELECT record_id, name, value, folded, key FROM record_values"
    rows = sa.text(
        f"{names} WHERE record_id > :after AND record_id <= :last ORDER BY record_id, name, position"
    )
    given = ":short, :running" if _is_sqlite() else "CAST(:short AS jsonb), CAST(:running AS jsonb)"
    write = sa.text(f"INSERT INTO record_queryables (record_id, short, running) VALUES (:id, {given})")  # noqa: S608 - our own words
    connection = op.get_bind()
    for after, last in _parts("record_values"):
        packed = _packed(connection.execute(rows, {"after": after, "last": last}))
        connection.execute(write, packed)
    op.execute(
        "INSERT INTO index_order (chunk, name, key, record_id)"
        " SELECT chunk, 'title', key, record_id FROM index_titles"
    )
    op.execute(
        "INSERT INTO index_order (chunk, name, key, record_id)"
        " SELECT DISTINCT v.record_id / 65536, 'identifier', v.key, v.record_id FROM record_values v"
        " JOIN index_entries e ON e.record_id = v.record_id WHERE v.name = 'identifier'"
    )
    op.drop_table("record_values")
    op.drop_table("index_titles")


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _parts(table: str) -> Iterator[tuple[int, int]]:
    """Numbers of records that such rows are about, in portions: from behind one to another."""
    after = 0
    portion = sa.text(
        f"SELECT max(record_id) FROM (SELECT DISTINCT record_id FROM {table}"  # noqa: S608 - our own name
        " WHERE record_id > :after ORDER BY record_id LIMIT :part) AS portion"
    )
    while last := op.get_bind().execute(portion, {"after": after, "part": _PART}).scalar():
        yield after, last
        after = last


def _packed(rows: Iterable[Any]) -> list[dict[str, Any]]:
    found: dict[int, tuple[dict[str, list[Any]], dict[str, list[Any]]]] = {}
    for number, name, value, folded, key in rows:
        compared = key if name in _ORDINAL else value if folded is None else folded
        plain = name not in _ORDINAL and compared == _lower(value)
        columns = found.setdefault(number, ({}, {}))
        columns[name in _RUNNING].setdefault(name, []).append(value if plain else [value, compared])
    return [
        {"id": number, "short": _as_json(short), "running": _as_json(running)}
        for number, (short, running) in found.items()
    ]


def _as_json(values: dict[str, list[Any]]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _lower(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


def downgrade() -> None:
    op.create_table(
        "record_values",
        sa.Column("record_id", _id(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("value", _comparable(), nullable=False),
        sa.Column("folded", _comparable()),
        sa.Column("key", _comparable(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "name", "position", name="pk_record_values"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "index_titles",
        sa.Column("chunk", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("key", _comparable(), primary_key=True),
        sa.Column("record_id", _id(), primary_key=True, autoincrement=False),
        sa.PrimaryKeyConstraint("chunk", "key", "record_id", name="pk_index_titles"),
        sqlite_with_rowid=False,
    )
    read = sa.text(
        "SELECT record_id, short, running FROM record_queryables"
        " WHERE record_id > :after AND record_id <= :last ORDER BY record_id"
    )
    write = sa.text(
        "INSERT INTO record_values (record_id, name, position, value, folded, key)"
        " VALUES (:record_id, :name, :position, :value, :folded, :key)"
    )
    connection = op.get_bind()
    for after, last in _parts("record_queryables"):
        found = connection.execute(read, {"after": after, "last": last})
        rows = [row for number, *columns in found for row in _unpacked(number, columns)]
        if rows:
            connection.execute(write, rows)
    op.create_index("ix_record_values_key", "record_values", ["name", "key", "record_id"])
    op.execute(
        "INSERT INTO index_titles (chunk, key, record_id)"
        " SELECT chunk, key, record_id FROM index_order WHERE name = 'title'"
    )
    op.drop_table("index_order")
    op.drop_table("record_queryables")


def _unpacked(number: int, columns: Iterable[Any]) -> Iterator[dict[str, Any]]:
    position = 0
    for column in columns:
        for name, values in (json.loads(column) if isinstance(column, str) else column).items():
            for found in values:
                value, compared = (found, _normalised(found)) if isinstance(found, str) else found
                folded = _normalised(value)
                yield {
                    "record_id": number,
                    "name": name,
                    "position": position,
                    "value": value,
                    "folded": None if folded == value else folded,
                    "key": _key(name, compared),
                }
                position += 1


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _key(name: str, compared: str) -> str:
    """What the index had of a value: its beginning, its place, its bucket, or nothing."""
    if name in _RUNNING:
        return ""
    if name in _BUCKETED:
        return str(crc32(compared.encode("utf-8", "surrogatepass")) % _BUCKETS)
    return compared if name in _ORDINAL else compared[:_LENGTH]
