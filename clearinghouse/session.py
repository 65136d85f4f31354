"""What every command begins with: the settings, the log and the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from clearinghouse import logs


def prepared() -> Settings:
    """The settings, with logging set up by them."""
    settings = load_settings()
    logs.configure(settings)
    return settings


@contextmanager
def opened() -> Iterator[tuple[Settings, Store]]:
    """The settings and the store; a SQLite store is brought to this release's schema on the way.

    Raises:
        SchemaOutOfDate: a PostgreSQL store is not at this release's schema.
    """
    settings = prepared()
    with Store(settings.database_url) as store:
        if store.embedded:
            store.upgrade()
        else:
            store.require_current()
        yield settings, store
