"""What every command begins with: the settings, the log, the store, and whose hand it is."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from catalogue.errors import SchemaOutOfDate, SettingsError
from catalogue.sets import load_sets
from catalogue.settings import Settings, load_settings
from catalogue.steering.hand import Hand
from catalogue.store import Store
from clearinghouse import logs


def prepared() -> Settings:
    """The settings, with logging set up by them.

    Raises:
        SettingsError: one of them cannot be used, or the sets that they name.
    """
    settings = load_settings()
    load_sets(settings.sets_path)
    logs.configure(settings)
    return settings


@contextmanager
def upgraded(settings: Settings) -> Iterator[Store]:
    """The store, brought to this release's schema.

    Raises:
        SettingsError: the database has no place to be.
        StoreUnreachable: it does not answer.
    """
    with _store(settings) as store:
        _upgrade(store)
        yield store


@contextmanager
def opened() -> Iterator[tuple[Settings, Store]]:
    """The settings and the store; a SQLite store is brought to this release's schema on the way.

    Raises:
        SettingsError: the database has no place to be.
        StoreUnreachable: it does not answer.
        SchemaOutOfDate: a PostgreSQL store is not at this release's schema.
    """
    settings = prepared()
    with _store(settings) as store:
        if store.embedded:
            _upgrade(store)
        else:
            store.check()
        yield settings, store


def _store(settings: Settings) -> Store:
    try:
        return Store(settings.database_url)
    except OSError as error:
        raise SettingsError(f"database_url: {error}") from error


def _upgrade(store: Store) -> None:
    """Upgrade where there is need: an upgrade waits for whoever is writing."""
    try:
        store.check()
    except SchemaOutOfDate:
        store.upgrade()


def somebody() -> str:
    """Who types: `user@host`, as far as can be told."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return socket.gethostname()


def own_hand(settings: Settings, store: Store) -> Hand:
    """The hand of who types."""
    return Hand(store, settings, somebody())
