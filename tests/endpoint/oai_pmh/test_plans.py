"""A page is a range scan of an index: nothing is scanned whole, nothing is sorted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from catalogue.store import Store, statements
from catalogue.store.lists import feed_sql
from catalogue.store.lists.feed import FeedQuery, Position
from catalogue.store.tables import (
    kept_renditions,
    neutral_records,
    record_sets,
    records,
    renditions,
    sets,
    sources,
)

SHAPES = [
    (select, feed_sql.Shape(in_set=in_set, since=since, until=until, resumed=resumed, bodies=bodies))
    for in_set in (False, True)
    for select in (feed_sql.page, feed_sql.elements, feed_sql.rows, feed_sql.entries, feed_sql.numbers)
    for since, until, resumed, bodies in (
        (False, False, False, True),
        (True, True, False, True),
        (False, True, True, True),
        (False, True, True, False),
    )
]
VALUES = {
    "prefix": "oai_dc",
    "served": "oai_dcterms",
    "set_id": 10,
    "from_": 1000,
    "until": 1150,
    "datestamp": 1100,
    "record_id": 2000,
    "limit": 101,
}


def fill(store: Store) -> None:
    """A store of 4,000 records in four sets, a quarter of them in another format too."""
    with store.engine.execution_options(writes=True).connect() as connection, connection.begin():
        texts = ("base_url", "title", "metadata_prefix", "schedule", "state", "harvested_until")
        more = ("repository_name", "granularity", "deleted_record")
        source = {"id": "nile", "protocol": "oai-pmh", "sets": [], "created_at": datetime.now(UTC)}
        connection.execute(sa.insert(sources).values(source | dict.fromkeys(texts + more, "")))
        numbers = range(1, 4001)
        empty = ("source_datestamp", "title", "type", "language", "modified", "file_identifier")
        rows = [
            {"id": n, "source_id": "nile", "identifier": f"oai:x.y:nile:{n}", "source_identifier": str(n),
             "metadata_prefix": "oai_dc", "deleted": False, "datestamp": 1000 + n // 20, "changed_run": 1,
             "first_datestamp": 1000, "set_specs": "a", "seen_run": 1, **dict.fromkeys(empty, "")}
            for n in numbers
        ]  # fmt: skip
        connection.execute(sa.insert(records), rows)
        connection.execute(
            sa.insert(neutral_records),
            [{"record_id": n, "search_text": "x" * 50, "body": b"{}" * 50} for n in numbers],
        )
        forms = [("oai_dc", 1), ("iso19139", 1), ("oai_dcterms", 4)]
        connection.execute(
            sa.insert(renditions),
            [
                {"record_id": n, "prefix": prefix, "datestamp": 1000 + n // 20, "body": b"<x/>" * 50}
                for n in numbers
                for prefix, every in forms
                if n % every == 0
            ],
        )
        connection.execute(
            sa.insert(sets), [{"id": n, "set_spec": f"s{n}", "name": ""} for n in range(10, 14)]
        )
        connection.execute(
            sa.insert(record_sets),
            [
                {"set_id": n % 4 + 10, "record_id": n, "datestamp": 1000 + n // 20, "member": True}
                for n in numbers
            ],
        )


def keep(store: Store) -> None:
    """Renditions of what is not in another format, kept behind the run."""
    with store.engine.execution_options(writes=True).connect() as connection, connection.begin():
        connection.execute(
            sa.insert(kept_renditions),
            [
                {
                    "record_id": n,
                    "prefix": "oai_dcterms",
                    "datestamp": 1000 + n // 20,
                    "edition": "1",
                    "body": b"x" * 600,
                }
                for n in range(1, 4001)
                if n % 4
            ],
        )


def plan(store: Store, made: Callable[..., Any], shape: feed_sql.Shape, explain: str) -> str:
    """How the database would read this page."""
    select = made(shape)
    with store.engine.connect() as connection:
        compiled = select.compile(store.engine)
        text = f"{explain} {compiled}"
        values: dict[str, Any] = dict(compiled.params) | {
            n: v for n, v in VALUES.items() if n in compiled.params
        }
        names = getattr(compiled, "positiontup", None)
        parameters: Any = tuple(values[name] for name in names) if names else values
        rows = connection.exec_driver_sql(text, parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("analysed", [False, True])
def test_sqlite_scans_a_range_of_the_index(sqlite_store: Store, *, analysed: bool) -> None:
    fill(sqlite_store)
    if analysed:
        with sqlite_store.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    for select, shape in SHAPES:
        if select is feed_sql.elements:
            continue
        found = plan(sqlite_store, select, shape._replace(embedded=True), "EXPLAIN QUERY PLAN")
        # What is scanned are rows that were found, of a page.
        assert set(re.findall(r"SCAN (\w+)", found)) <= {"entries", "keys"}
        assert "TEMP B-TREE" not in found
        index = "ix_record_sets_list" if shape.in_set else "ix_renditions_list"
        [first, *_] = [line for line in found.splitlines() if index in line]
        assert ("(datestamp,record_id)>(?,?)" in first) == shape.resumed


def general_plan(store: Store, made: Callable[..., Any], shape: feed_sql.Shape) -> str:
    """How PostgreSQL reads a page of this shape, whatever is asked for, where pages are asked for."""
    names: dict[str, str] = {}
    compiled = str(made(shape).compile(store.engine))
    text = re.sub(r"%\((\w+)\)s", lambda found: names.setdefault(found[1], f"${len(names) + 1}"), compiled)
    with psycopg.connect(store.engine.url.set(drivername="postgresql").render_as_string(False)) as connection:
        connection.execute(statements.SEEKS)
        rows = connection.execute(f"EXPLAIN (GENERIC_PLAN, COSTS OFF) {text}").fetchall()
    return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize("analysed", [False, True])
def test_postgresql_scans_a_range_of_the_index(postgres_url: str, *, analysed: bool) -> None:
    with Store(postgres_url) as store:
        store.upgrade()
        fill(store)
        if analysed:
            with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
        keep(store)
        for select, shape in SHAPES:
            if select is feed_sql.page:
                continue
            found = general_plan(store, select, shape._replace(most=101))
            index = "ix_record_sets_list" if shape.in_set else "ix_renditions_list"
            assert re.search(rf"Index (Only )?Scan using {index}", found)
            assert "Seq Scan" not in found
            assert "Sort" not in found
            assert "Bitmap" not in found
            assert "Hash" not in found
            # What is kept is sought for each entry, also in a table of which PostgreSQL knows nothing yet.
            assert "Materialize" not in found
            kept = re.findall(r"pk_kept_renditions .*\n +Index Cond: (.*)", found)
            assert all("record_id = " in condition for condition in kept)
            assert len(kept) == (select is feed_sql.rows)


def test_postgresql_plans_a_page_once(postgres_url: str) -> None:
    with Store(postgres_url) as store:
        store.upgrade()
        fill(store)
        query = FeedQuery("oai_dc", 10, None, 1150)
        for record_id in range(2000, 2020):
            store.feed.state()
            store.feed.page(query, after=Position(1100, record_id), limit=20)
        named = ("statement", "generic_plans", "custom_plans")
        columns: list[sa.ColumnElement[Any]] = [sa.literal_column(name) for name in named]
        planned = sa.select(*columns).select_from(sa.text("pg_prepared_statements"))
        plans = [row for row in statements.rows(store.engine, planned) if row[0].startswith("SELECT")]
        assert [row for row in plans if row[2]] == []
        assert len([row for row in plans if row[1]]) > 1
