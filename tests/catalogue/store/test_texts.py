"""Texts that no database keeps: whoever sends one is told so by name, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from catalogue.errors import NoText, UnknownCheckup
from catalogue.store import Store
from catalogue.store.engine import reading, writing
from catalogue.store.tables import checkups


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_nothing_has_such_a_text(store: Store, text: str) -> None:
    with pytest.raises((NoText, UnknownCheckup)):  # SQLite looks for NUL as for any other character
        store.checkups.get(text)
    with pytest.raises(NoText), reading(store.engine) as connection:
        connection.execute(sa.select(checkups.c.id).where(checkups.c.id == "\udfff"))
    with pytest.raises(NoText), writing(store.engine) as connection:
        connection.execute(sa.delete(checkups).where(checkups.c.id == "\udfff"))
