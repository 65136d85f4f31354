"""Secrets of sources in the store, sealed: written, used, and never shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.credentials import Secret, SecretKind
from catalogue.errors import SecretsLocked
from catalogue.sealing import Sealer
from catalogue.source import Source
from catalogue.store.alerting.subscriptions import resealed as subscriptions_resealed
from catalogue.store.engine import reading, writing
from catalogue.store.tables import source_secrets


class Secrets:
    """The secrets of every source."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set(
        self,
        source: Source,
        secret: Secret,
        sealer: Sealer,
        now: datetime,
        *,
        ends_at: datetime | None = None,
    ) -> None:
        """Seal a secret for a source, for the place where it is now, in the place of one of its kind.

        When it ends is said by a person, unless it says so itself.
        """
        told = {
            "source": source.id,
            "kind": secret.kind,
            "host": source.host,
            "values": dict(secret.values),
        }
        row = {
            "source_id": source.id,
            "kind": secret.kind,
            "sealed": sealer.seal(json.dumps(told).encode()),
            "set_at": now,
            "ends_at": secret.ends_at or ends_at,
        }
        with writing(self._engine) as connection:
            _delete(connection, source.id, [secret.kind])
            connection.execute(sa.insert(source_secrets).values(row))

    def since(self, source_id: str) -> dict[SecretKind, datetime]:
        """Which kinds a source has, and since when: all that anybody is ever told."""
        c = source_secrets.c
        statement = sa.select(c.kind, c.set_at).where(c.source_id == source_id).order_by(c.kind)
        with reading(self._engine) as connection:
            return {SecretKind(kind): at for kind, at in connection.execute(statement)}

    def ends(self, source_id: str) -> dict[SecretKind, datetime]:
        """When secrets of a source end, as far as that is known."""
        c = source_secrets.c
        statement = sa.select(c.kind, c.ends_at).where(c.source_id == source_id, c.ends_at.is_not(None))
        with reading(self._engine) as connection:
            return {SecretKind(kind): at for kind, at in connection.execute(statement)}

    def next_ends(self) -> dict[str, tuple[SecretKind, datetime]]:
        """Of each source the secret that ends first, and when, where that is known."""
        c = source_secrets.c
        statement = sa.select(c.source_id, c.kind, c.ends_at).where(c.ends_at.is_not(None))
        with reading(self._engine) as connection:
            rows = connection.execute(statement.order_by(c.ends_at.desc())).all()
        return {row.source_id: (SecretKind(row.kind), row.ends_at) for row in rows}

    def note_end(self, source_id: str, kind: SecretKind, ends_at: datetime) -> None:
        """Write down when a secret ends."""
        c = source_secrets.c
        statement = sa.update(source_secrets).where(c.source_id == source_id, c.kind == kind)
        with writing(self._engine) as connection:
            connection.execute(statement.values(ends_at=ends_at))

    def of(self, source: Source, keys: Sequence[str]) -> list[Secret]:
        """The secrets of a source, opened.

        Raises:
            SecretsLocked: there is no key, another key, or the source has moved since they were set.
        """
        c = source_secrets.c
        statement = sa.select(c.kind, c.sealed).where(c.source_id == source.id).order_by(c.kind)
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
        if not rows:
            return []
        sealer = Sealer(keys)
        return [_opened(source, SecretKind(kind), bytes(sealed), sealer) for kind, sealed in rows]

    def remove(self, source_id: str, *kinds: SecretKind) -> int:
        """Remove secrets of a source, all of them where no kind is named; returns how many there were."""
        with writing(self._engine) as connection:
            return _delete(connection, source_id, list(kinds or SecretKind))

    def reseal(self, sealer: Sealer) -> int:
        """Seal every secret anew, webhooks' too, under the newest key; returns how many there are.

        Raises:
            SecretsLocked: none of the keys opens one of them; nothing has changed then.
        """
        c = source_secrets.c
        with writing(self._engine) as connection:
            rows = connection.execute(sa.select(c.source_id, c.kind, c.sealed)).all()
            for source_id, kind, sealed in rows:
                statement = sa.update(source_secrets).where(c.source_id == source_id, c.kind == kind)
                connection.execute(statement.values(sealed=sealer.reseal(bytes(sealed))))
            return len(rows) + subscriptions_resealed(connection, sealer)


def _opened(source: Source, kind: SecretKind, sealed: bytes, sealer: Sealer) -> Secret:
    try:
        told = json.loads(sealer.open(sealed))
    except SecretsLocked as error:
        raise SecretsLocked(f"the {kind} secret of {source.id!r} cannot be opened: {error}") from error
    if (told["source"], told["kind"]) != (source.id, kind):
        raise SecretsLocked(f"the {kind} secret of {source.id!r} was set for something else: set it again")
    if told["host"] != source.host:
        raise SecretsLocked(
            f"the {kind} secret of {source.id!r} was set for {told['host']}, and the source is at"
            f" {source.host} now: set it again, or remove it"
        )
    return Secret(kind, told["values"])


def _delete(connection: Connection, source_id: str, kinds: Sequence[SecretKind]) -> int:
    c = source_secrets.c
    statement = sa.delete(source_secrets).where(c.source_id == source_id, c.kind.in_(kinds))
    return connection.execute(statement).rowcount
