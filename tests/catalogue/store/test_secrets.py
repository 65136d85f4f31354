from __future__ import annotations

import pytest
import sqlalchemy as sa

from catalogue.credentials import Secret, SecretKind
from catalogue.errors import SecretsLocked
from catalogue.sealing import Sealer, new_key
from catalogue.store import Store
from catalogue.store.tables import source_secrets
from factories import add_source, now

KEY = new_key()
SEALER = Sealer([KEY])
BASIC = Secret.basic("anna", "hidden-word")


def test_a_secret_is_kept_sealed_and_opened_for_its_source(store: Store) -> None:
    source = add_source(store)
    assert store.secrets.of(source, []) == []
    store.secrets.set(source, Secret.basic("anna", "older"), SEALER, now())
    store.secrets.set(source, BASIC, SEALER, now())
    store.secrets.set(source, Secret.header("X-Key", "hidden-key"), SEALER, now())
    assert [s.values for s in store.secrets.of(source, [KEY])] == [
        {"user": "anna", "password": "hidden-word"},
        {"name": "X-Key", "value": "hidden-key"},
    ]
    assert list(store.secrets.since("nile")) == [SecretKind.BASIC, SecretKind.HEADER]
    with store.engine.connect() as connection:
        kept = b"".join(map(bytes, connection.execute(sa.select(source_secrets.c.sealed)).scalars()))
    assert b"hidden" not in kept
    assert b"anna" not in kept


def test_secrets_are_removed(store: Store) -> None:
    source = add_source(store)
    store.secrets.set(source, BASIC, SEALER, now())
    assert store.secrets.remove("nile", SecretKind.HEADER) == 0
    assert store.secrets.remove("nile") == 1
    assert store.secrets.of(source, []) == []


@pytest.mark.parametrize("keys", [[], [new_key()]], ids=["no key", "another key"])
def test_without_its_key_a_secret_is_locked(sqlite_store: Store, keys: list[str]) -> None:
    source = add_source(sqlite_store)
    sqlite_store.secrets.set(source, BASIC, SEALER, now())
    with pytest.raises(SecretsLocked, match="key"):
        sqlite_store.secrets.of(source, keys)


def test_a_secret_is_for_the_place_for_which_it_was_set(sqlite_store: Store) -> None:
    """Who may change a source's address does not learn its password by that."""
    source = add_source(sqlite_store)
    sqlite_store.secrets.set(source, BASIC, SEALER, now())
    moved = sqlite_store.sources.change("nile", base_url="https://evil.example/oai")
    with pytest.raises(SecretsLocked, match=r"set for nile\.example\.org.*at evil\.example now"):
        sqlite_store.secrets.of(moved, [KEY])
    upgraded = sqlite_store.sources.change("nile", base_url="https://nile.example.org/new")
    assert len(sqlite_store.secrets.of(upgraded, [KEY])) == 1


def test_a_sealed_secret_cannot_be_given_to_another_source(sqlite_store: Store) -> None:
    source, other = add_source(sqlite_store), add_source(sqlite_store, "volta")
    sqlite_store.secrets.set(source, BASIC, SEALER, now())
    with sqlite_store.engine.connect() as connection:
        connection.execute(sa.update(source_secrets).values(source_id="volta"))
        connection.commit()
    with pytest.raises(SecretsLocked, match="something else"):
        sqlite_store.secrets.of(other, [KEY])


def test_all_are_sealed_anew_or_none(store: Store) -> None:
    source, other = add_source(store), add_source(store, "volta")
    store.secrets.set(source, BASIC, SEALER, now())
    new = new_key()
    assert store.secrets.reseal(Sealer([new, KEY])) == 1
    assert len(store.secrets.of(source, [new])) == 1
    store.secrets.set(other, BASIC, Sealer([new_key()]), now())
    with pytest.raises(SecretsLocked):
        store.secrets.reseal(Sealer([new_key(), new]))
    assert len(store.secrets.of(source, [new])) == 1
