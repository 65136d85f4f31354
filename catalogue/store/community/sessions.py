"""Ways in: sessions of browsers, links that open one once, tokens of programs, and attempts that failed.

What opens something is given out once and never kept: the store has its SHA-256. It is 32 random bytes, so
that nothing slower is needed.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.errors import UnknownLink, UnknownToken
from catalogue.mail import Mail
from catalogue.people import Action, Person, Session, Token
from catalogue.store.community.audit import note_on
from catalogue.store.community.people import person_on
from catalogue.store.desk.outbox import put_in
from catalogue.store.engine import reading, writing
from catalogue.store.tables import attempts, people, sessions, sign_in_links, tokens

#: When something was last seen is written down as often as this.
_NOTED_EVERY: Final = timedelta(minutes=1)
_LONGEST_AGENT: Final = 300
#: How long a token that has ended is still told of.
_TOKENS_KEPT: Final = timedelta(days=90)
#: Stands before every token, so that those who look for leaked secrets find them.
TOKEN_PREFIX: Final = "clearinghouse_"  # noqa: S105 - no secret


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts: without being used, and at most."""

    idle: timedelta
    most: timedelta


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


class Sessions:
    """Who has signed in, in which browser."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, person_id: int, now: datetime, *, by: str, user_agent: str = "") -> str:
        """Begin a session; gives what the cookie holds."""
        secret = secrets.token_urlsafe(32)
        with writing(self._engine) as connection:
            _begin(connection, person_id, secret, now, by, user_agent)
        return secret

    def find(self, secret: str, now: datetime, lifetime: Lifetime) -> tuple[Person, Session] | None:
        """Whose session it is, and note that it was seen; None where it is none, or has ended."""
        statement = sa.select(sessions).where(sessions.c.digest == _digest(secret))
        with reading(self._engine) as connection:
            row = connection.execute(statement).one_or_none()
            if row is None or not _lasts(row, now, lifetime):
                return None
            person = person_on(connection, row.person_id)
        if now - row.seen_at >= _NOTED_EVERY:
            with writing(self._engine) as connection:
                connection.execute(sa.update(sessions).where(sessions.c.id == row.id).values(seen_at=now))
        return person, _session(row)

    def end(self, secret: str) -> None:
        """End the session that has this cookie."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.digest == _digest(secret)))

    def of(self, person_id: int, now: datetime, lifetime: Lifetime) -> list[Session]:
        """The sessions of somebody, the latest first."""
        c = sessions.c
        statement = sa.select(sessions).where(c.person_id == person_id).order_by(c.seen_at.desc(), c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
        return [_session(row) for row in rows if _lasts(row, now, lifetime)]

    def end_one(self, person_id: int, session_id: int) -> None:
        """End one session of somebody."""
        c = sessions.c
        with writing(self._engine) as connection:
            connection.execute(sa.delete(sessions).where(c.id == session_id, c.person_id == person_id))

    def forget(self, now: datetime, lifetime: Lifetime) -> None:
        """Forget sessions and links that have ended, and attempts and tokens that ended long ago."""
        c = sessions.c
        ended = sa.or_(c.seen_at <= now - lifetime.idle, c.begun_at <= now - lifetime.most)
        with writing(self._engine) as connection:
            connection.execute(sa.delete(sessions).where(ended))
            connection.execute(sa.delete(sign_in_links).where(sign_in_links.c.expires_at < now))
            connection.execute(sa.delete(tokens).where(tokens.c.expires_at < now - _TOKENS_KEPT))
            connection.execute(sa.delete(attempts).where(attempts.c.at < now - timedelta(days=1)))

    def make_link(self, person_id: int, by: str, now: datetime, lasts: timedelta) -> str:
        """A secret that opens one session; it takes the place of one from before.

        Raises:
            UnknownPerson: there is nobody with this number.
        """
        secret = secrets.token_urlsafe(32)
        row = {"digest": _digest(secret), "person_id": person_id, "expires_at": now + lasts}
        with writing(self._engine) as connection:
            person_on(connection, person_id)
            connection.execute(sa.delete(sign_in_links).where(sign_in_links.c.person_id == person_id))
            connection.execute(sa.insert(sign_in_links).values(row))
            note_on(connection, by, "make-sign-in-link", f"person:{person_id}", {}, now)
        return secret

    def whose_link(self, secret: str, now: datetime) -> Person:
        """Whose link it is; it stays good.

        Raises:
            UnknownLink: it is none, it was used, or it was too old.
        """
        with reading(self._engine) as connection:
            return person_on(connection, _link(connection, secret, now))

    def use_link(self, secret: str, now: datetime, *, user_agent: str = "") -> tuple[Person, str]:
        """Begin a session by a link, which is good no more; gives what the cookie holds.

        Raises:
            UnknownLink: it is none, it was used, or it was too old.
        """
        made = secrets.token_urlsafe(32)
        with writing(self._engine) as connection:
            person_id = _link(connection, secret, now)
            used = sa.delete(sign_in_links).where(sign_in_links.c.digest == _digest(secret))
            if connection.execute(used).rowcount != 1:
                raise UnknownLink("this link was used")
            person = person_on(connection, person_id)
            _begin(connection, person_id, made, now, "link", user_agent)
        return person, made

    def failed(self, name: str, client: str, now: datetime) -> int:
        """Note an attempt to sign in that failed; both are pseudonyms. Gives its number."""
        statement = sa.insert(attempts).values(name=name, client=client, at=now)
        with writing(self._engine) as connection:
            return int(connection.execute(statement.returning(attempts.c.id)).scalar_one())

    def forgive(self, attempt_id: int) -> None:
        """Forget an attempt that did not fail."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(attempts).where(attempts.c.id == attempt_id))

    def failures(self, name: str, client: str, since: datetime) -> tuple[int, int, int]:
        """Attempts that failed since then: by this name from this client, from this client, by this name."""
        c = attempts.c
        both = sa.and_(c.name == name, c.client == client)
        wanted = [sa.select(sa.func.count()).where(c.at > since, one).scalar_subquery()
                  for one in (both, c.client == client, c.name == name)]  # fmt: skip
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(*wanted)).one()
        return row[0], row[1], row[2]


class Tokens:
    """The tokens of everybody. That one is made or ended is in the audit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(
        self,
        person: Person,
        name: str,
        scopes: Collection[Action],
        *,
        by: str,
        now: datetime,
        expires_at: datetime,
    ) -> tuple[Token, str]:
        """A token, and the secret that is shown once."""
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        row: dict[str, Any] = {
            "digest": _digest(secret),
            "person_id": person.id,
            "name": name,
            "scopes": " ".join(sorted(scopes)),
            "made_at": now,
            "expires_at": expires_at,
        }
        with writing(self._engine) as connection:
            statement = sa.insert(tokens).values(row).returning(tokens.c.id)
            made = connection.execute(statement).scalar_one()
            told = {"name": name, "scopes": row["scopes"], "expires_at": expires_at.isoformat()}
            note_on(connection, by, "make-token", f"person:{person.id}", {"token": made} | told, now)
        return Token(made, person.id, name, frozenset(scopes), now, expires_at), secret

    def find(self, secret: str, now: datetime) -> tuple[Person, Token] | None:
        """Whose token it is, and note that it was used; None where it is none, or has ended."""
        statement = sa.select(tokens).where(tokens.c.digest == _digest(secret), tokens.c.expires_at > now)
        with reading(self._engine) as connection:
            row = connection.execute(statement).one_or_none()
            if row is None:
                return None
            person = person_on(connection, row.person_id)
        if row.used_at is None or now - row.used_at >= _NOTED_EVERY:
            with writing(self._engine) as connection:
                connection.execute(sa.update(tokens).where(tokens.c.id == row.id).values(used_at=now))
        return person, _token(row)

    def get(self, token_id: int) -> Token:
        """The token with this number.

        Raises:
            UnknownToken: there is none.
        """
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(tokens).where(tokens.c.id == token_id)).one_or_none()
        if row is None:
            raise UnknownToken(f"there is no token {token_id}")
        return _token(row)

    def all(self, person_id: int | None = None) -> list[Token]:
        """Every token, or those of one person, the newest first."""
        statement = sa.select(tokens).order_by(tokens.c.id.desc())
        if person_id is not None:
            statement = statement.where(tokens.c.person_id == person_id)
        with reading(self._engine) as connection:
            return [_token(row) for row in connection.execute(statement)]

    def tell(self, token: Token, mail: Mail, now: datetime) -> bool:
        """Put a letter into the post that says that a token ends; False where another was faster."""
        t = tokens.c
        before = t.told_at.is_(None) if token.told_at is None else t.told_at == token.told_at
        with writing(self._engine) as connection:
            claim = sa.update(tokens).where(t.id == token.id, before).values(told_at=now)
            if connection.execute(claim).rowcount != 1:
                return False
            put_in(connection, mail, now, about=f"person:{token.person_id}")
        return True

    def end(self, token_id: int, by: str, now: datetime) -> None:
        """End a token.

        Raises:
            UnknownToken: there is none.
        """
        gone = self.get(token_id)
        with writing(self._engine) as connection:
            if connection.execute(sa.delete(tokens).where(tokens.c.id == token_id)).rowcount != 1:
                raise UnknownToken(f"there is no token {token_id}")
            told = {"token": token_id, "name": gone.name}
            note_on(connection, by, "end-token", f"person:{gone.person_id}", told, now)


def _begin(  # noqa: PLR0917 - one for each column
    connection: Connection, person_id: int, secret: str, now: datetime, by: str, user_agent: str
) -> None:
    row = {
        "digest": _digest(secret),
        "person_id": person_id,
        "begun_at": now,
        "seen_at": now,
        "user_agent": user_agent[:_LONGEST_AGENT],
        "by": by,
    }
    connection.execute(sa.insert(sessions).values(row))
    connection.execute(sa.update(people).where(people.c.id == person_id).values(seen_at=now))
    who = connection.execute(sa.select(people.c.mail).where(people.c.id == person_id)).scalar_one()
    note_on(connection, who, "sign-in", f"person:{person_id}", {"by": by}, now)


def _lasts(row: Row[Any], now: datetime, lifetime: Lifetime) -> bool:
    return bool(now - row.seen_at < lifetime.idle and now - row.begun_at < lifetime.most)


def _link(connection: Connection, secret: str, now: datetime) -> int:
    c = sign_in_links.c
    statement = sa.select(c.person_id).where(c.digest == _digest(secret), c.expires_at > now)
    found = connection.execute(statement).scalar()
    if found is None:
        raise UnknownLink("this link is none of ours, was used, or is too old")
    return int(found)


def _session(row: Row[Any]) -> Session:
    return Session(row.id, row.person_id, row.begun_at, row.seen_at, row.user_agent, row.by)


def _token(row: Row[Any]) -> Token:
    scopes = frozenset(map(Action, row.scopes.split()))
    return Token(
        row.id, row.person_id, row.name, scopes, row.made_at, row.expires_at, row.used_at, row.told_at
    )
