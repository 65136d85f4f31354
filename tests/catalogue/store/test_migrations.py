from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from catalogue.errors import SchemaOutOfDate
from catalogue.store import Store
from catalogue.store.migrations import downgrade
from catalogue.store.tables import metadata


def test_upgraded_equals_the_tables_that_the_code_describes(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_step_can_be_taken_back_and_again(store: Store) -> None:
    downgrade(store.engine, "base")
    assert sa.inspect(store.engine).get_table_names() == ["alembic_version"]
    store.upgrade()
    store.require_current()


def test_a_database_that_was_never_upgraded_is_named(database_url: str) -> None:
    with Store(database_url) as store, pytest.raises(SchemaOutOfDate, match="clearinghouse db upgrade"):
        store.require_current()
