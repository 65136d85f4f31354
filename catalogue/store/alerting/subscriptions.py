"""Who wishes to hear of alerts, and what each was told, in the store. Every change is in the audit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.alerts import Channel, Kind, Pace, Rule, Subscription, Telling, Wish
from catalogue.digest_clock import Clock, Weekday
from catalogue.errors import SecretsLocked, SettingsError, UnknownSubscription
from catalogue.mail import Mail
from catalogue.sealing import Sealer
from catalogue.store import dialects
from catalogue.store.alerting.calls import put_call
from catalogue.store.community.audit import note_on
from catalogue.store.desk.outbox import put_in
from catalogue.store.engine import reading, writing
from catalogue.store.tables import audit, subscriptions, tellings

_S: Final = subscriptions.c
_COLUMNS: Final = [column for column in _S if column.name != "sealed"]
#: Seals what signs the calls of a webhook.
Seal = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Told:
    """What a subscription is told in one go: of which alerts, and by which letter or call."""

    kinds: Mapping[int, Kind]
    #: When it may be told again.
    next_at: datetime
    mail: Mail | None = None
    #: What a webhook is sent.
    body: str = ""


class Subscriptions:
    """The subscriptions of everybody."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self, made: Subscription, by: str, now: datetime, *, secret: str = "", seal: Seal | None = None
    ) -> Subscription:
        """Add one; its number is not looked at.

        Raises:
            SettingsError: there is such a one.
            SecretsLocked: nothing can be sealed here.
        """
        sealed = seal(_told(made.wish.address, secret)) if seal and secret else None
        with writing(self._engine) as connection:
            _require_another(connection, made)
            row = _row(made) | {"sealed": sealed, "created_at": now, "created_by": by}
            number = connection.execute(sa.insert(subscriptions).values(row).returning(_S.id)).scalar_one()
            _note(connection, by, "subscribe", replace(made, id=number), now)
            return _get(connection, number)

    def get(self, subscription_id: int) -> Subscription:
        """The one with this number.

        Raises:
            UnknownSubscription: there is none.
        """
        with reading(self._engine) as connection:
            return _get(connection, subscription_id)

    def all(self) -> list[Subscription]:
        """Every one of them."""
        return self._all(sa.true())

    def of_person(self, person_id: int) -> list[Subscription]:
        """Those of somebody."""
        return self._all(_S.person_id == person_id)

    def of_node(self, node_id: str) -> list[Subscription]:
        """Those that belong to a node, and not to a person."""
        return self._all(_S.node_id == node_id, _S.person_id.is_(None))

    def has_heard(self, person_id: int) -> bool:
        """Whether somebody has subscribed to anything, ever: also who has ended it since."""
        act = sa.select(audit.c.id).where(audit.c.about == f"person:{person_id}", audit.c.act == "subscribe")
        with reading(self._engine) as connection:
            return connection.execute(act.limit(1)).first() is not None

    def _all(self, *which: sa.ColumnElement[bool]) -> list[Subscription]:
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(*_COLUMNS).where(*which).order_by(_S.id))
            return [_subscription(row) for row in rows]

    def change(self, after: Subscription, by: str, now: datetime) -> Subscription:
        """Put this in the place of the one with its number; whose it is and where it goes stay.

        Raises:
            SettingsError: there is such a one besides.
            UnknownSubscription: there is none.
        """
        with writing(self._engine) as connection:
            _get(connection, after.id)
            _require_another(connection, after)
            values = {name: value for name, value in _row(after).items() if name in _CHANGED}
            connection.execute(sa.update(subscriptions).where(_S.id == after.id).values(values))
            _note(connection, by, "change", after, now)
            return _get(connection, after.id)

    def confirm(self, subscription_id: int, now: datetime) -> Subscription:
        """Take down that whose address it is wishes to hear.

        Raises:
            UnknownSubscription: there is none.
        """
        with writing(self._engine) as connection:
            found = _get(connection, subscription_id)
            if found.confirmed_at is None:
                statement = sa.update(subscriptions).where(_S.id == found.id)
                connection.execute(statement.values(confirmed_at=now))
                _note(connection, found.wish.address, "confirm", found, now)
            return _get(connection, subscription_id)

    def remove(self, subscription_id: int, by: str, now: datetime) -> None:
        """End one; what waits to be sent to its webhook is not sent.

        Raises:
            UnknownSubscription: there is none.
        """
        with writing(self._engine) as connection:
            found = _get(connection, subscription_id)
            connection.execute(sa.delete(subscriptions).where(_S.id == found.id))
            _note(connection, by, "unsubscribe", found, now)

    def tellings(self, alert_ids: list[int]) -> dict[tuple[int, int], Telling]:
        """What was told last of these alerts: (subscription, alert) -> that."""
        t = tellings.c
        statement = sa.select(tellings).where(t.alert_id.in_(alert_ids))
        with reading(self._engine) as connection:
            return {
                (row.subscription_id, row.alert_id): Telling(Kind(row.kind), row.at)
                for row in connection.execute(statement)
            }

    def tell(self, one: Subscription, told: Told, now: datetime, *, about: str) -> bool:
        """Put a letter or a call into the post, and note what it tells; False where another was faster."""
        with writing(self._engine) as connection:
            mine = sa.and_(_S.id == one.id, _S.next_at == one.next_at)
            claim = sa.update(subscriptions).where(mine).values(next_at=told.next_at)
            if connection.execute(claim).rowcount != 1:
                return False
            rows = [
                {"subscription_id": one.id, "alert_id": alert_id, "kind": kind.value, "at": now}
                for alert_id, kind in told.kinds.items()
            ]
            if rows:
                made = dialects.insert(connection, tellings)
                changes = {"kind": made.excluded.kind, "at": made.excluded.at}
                key = ["subscription_id", "alert_id"]
                connection.execute(made.on_conflict_do_update(index_elements=key, set_=changes), rows)
            if told.mail is not None:
                put_in(connection, told.mail, now, about=about)
            if told.body:
                put_call(connection, one.id, told.body, now)
        return True

    def secret_of(self, one: Subscription, sealer: Sealer) -> str:
        """What signs the calls of a webhook.

        Raises:
            UnknownSubscription: there is no such one any more.
            SecretsLocked: it cannot be opened, or was set for another address.
        """
        with reading(self._engine) as connection:
            sealed = connection.execute(sa.select(_S.sealed).where(_S.id == one.id)).scalar_one_or_none()
        if sealed is None:
            raise UnknownSubscription(f"there is no webhook {one.id} with a secret")
        told = json.loads(sealer.open(bytes(sealed)))
        if told["url"] != one.wish.address:
            raise SecretsLocked(f"the secret of webhook {one.id} was set for another address")
        return str(told["secret"])


def resealed(connection: Connection, sealer: Sealer) -> int:
    """Seal the secret of every webhook anew, in a transaction of the caller's; returns how many there are.

    Raises:
        SecretsLocked: none of the keys opens one of them.
    """
    rows = connection.execute(sa.select(_S.id, _S.sealed).where(_S.sealed.is_not(None))).all()
    for number, sealed in rows:
        statement = sa.update(subscriptions).where(_S.id == number)
        connection.execute(statement.values(sealed=sealer.reseal(bytes(sealed))))
    return len(rows)


#: What can be changed of one that is there.
_CHANGED: Final = frozenset(
    {"rules", "pace", "language", "hour", "weekday", "time_zone", "next_at", "muted_until"}
)


def _told(url: str, secret: str) -> bytes:
    """What is sealed: a secret is good for its address alone."""
    return json.dumps({"url": url, "secret": secret}).encode()


def _require_another(connection: Connection, made: Subscription) -> None:
    """See that nobody is told the same twice; at once and together are two things."""
    if connection.execute(sa.select(_S.id).where(*_same(made))).first() is not None:
        raise SettingsError(f"{made.wish.shown or 'this person'} hears of that already")


def _same(made: Subscription) -> tuple[sa.ColumnElement[bool], ...]:
    person, node = made.person_id, made.node_id or None
    return (
        _S.person_id.is_(None) if person is None else _S.person_id == person,
        _S.node_id.is_(None) if node is None else _S.node_id == node,
        _S.channel == made.wish.channel.value,
        _S.address == made.wish.address,
        _S.pace == made.wish.pace.value,
        _S.id != made.id,
    )


def _row(one: Subscription) -> dict[str, Any]:
    return {
        "person_id": one.person_id,
        "node_id": one.node_id or None,
        "channel": one.wish.channel.value,
        "address": one.wish.address,
        "rules": " ".join(sorted(one.wish.rules)),
        "pace": one.wish.pace.value,
        "language": one.wish.language,
        "hour": one.wish.clock.hour,
        "weekday": one.wish.clock.weekday.value,
        "time_zone": one.wish.clock.time_zone,
        "next_at": one.next_at,
        "muted_until": one.muted_until,
        "confirmed_at": one.confirmed_at,
    }


def _get(connection: Connection, subscription_id: int) -> Subscription:
    row = connection.execute(sa.select(*_COLUMNS).where(_S.id == subscription_id)).one_or_none()
    if row is None:
        raise UnknownSubscription(f"there is no subscription {subscription_id}")
    return _subscription(row)


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        wish=Wish(
            channel=Channel(row.channel),
            address=row.address,
            rules=frozenset(map(Rule, row.rules.split())),
            pace=Pace(row.pace),
            language=row.language,
            clock=Clock(row.hour, Weekday(row.weekday or Weekday.MONDAY), row.time_zone or ""),
        ),
        created_at=row.created_at,
        next_at=row.next_at,
        person_id=row.person_id,
        node_id=row.node_id or "",
        muted_until=row.muted_until,
        confirmed_at=row.confirmed_at,
        created_by=row.created_by,
    )


def _note(  # noqa: PLR0917 - who did what to what, and when
    connection: Connection, by: str, act: str, one: Subscription, now: datetime
) -> None:
    """In the audit of the node or of the person whose it is."""
    about = f"person:{one.person_id}" if one.person_id is not None else f"node:{one.node_id}"
    told = {
        "subscription": one.id,
        "channel": one.wish.channel.value,
        "address": one.wish.shown,
        "rules": sorted(one.wish.rules),
        "pace": one.wish.pace.value,
        "hour": one.wish.clock.hour,
        "weekday": one.wish.clock.weekday.value,
        "time_zone": one.wish.clock.time_zone,
        "muted_until": one.muted_until.isoformat() if one.muted_until else "",
    }
    note_on(connection, by, act, about, told, now)
