"""Tells people that a token of theirs ends: a token is a person's, and of no source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from catalogue.errors import InvalidMail
from catalogue.mail import Mail
from catalogue.people import Person, Token
from catalogue.settings import Settings
from endpoint.alerts import letters
from endpoint.deps import Services
from endpoint.languages import ENGLISH, LANGUAGES

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ending:
    """A token, and whether it is about to end with nothing in its place."""

    token: Token
    soon: bool


def within(settings: Settings) -> timedelta:
    """How long before its end a token is said to end soon."""
    return timedelta(days=settings.alert_end_days)


def endings(tokens: Sequence[Token], now: datetime, soon: timedelta) -> list[Ending]:
    """These tokens, each with whether its owner should do something; one that is replaced needs nothing."""
    return [
        Ending(
            one,
            one.ends_soon(now, soon) and not any(one.is_followed_by(other, now, soon) for other in tokens),
        )
        for one in tokens
    ]


class TokenTeller:
    """A chore of every worker. Any number of workers may look at the same time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._remind = timedelta(days=services.settings.alert_remind_days)

    def look(self) -> int:
        """Tell whose tokens end, and remind them; gives how many letters that were."""
        store, now = self._services.store, datetime.now(UTC)
        soon = [
            one.token
            for one in endings(store.tokens.all(), now, within(self._services.settings))
            if one.soon and (one.token.told_at is None or now - one.token.told_at >= self._remind)
        ]
        people = {person.id: person for person in store.people.all()} if soon else {}
        return sum(self._tell(one, people[one.person_id], now) for one in soon if one.person_id in people)

    def _tell(self, token: Token, person: Person, now: datetime) -> bool:
        settings, language = self._services.settings, LANGUAGES.get(person.language, ENGLISH)
        link = f"{settings.public_url}/dashboard/account#tokens"
        made = letters.token_ends(token, link, signed=settings.repository_name, language=language)
        try:
            mail = Mail(person.mail, made.subject, made.text, language.tag)
        except InvalidMail as error:
            log.warning("nobody can be told there", person=person.id, why=str(error))
            return False
        return self._services.store.tokens.tell(token, mail, now)
