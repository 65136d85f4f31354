"""Writes the monthly letters: a chore of every worker, done once for each node, however many there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog

from catalogue.errors import InvalidMail
from catalogue.mail import Mail, normal_address
from catalogue.store import Store
from endpoint.deps import Services
from endpoint.languages import ENGLISH, LANGUAGES, Language
from endpoint.nodes.board import Line, find_out
from endpoint.nodes.letter import Links, Written, letter
from endpoint.nodes.month import Happened, Month, happened

log = structlog.get_logger(__name__)

#: What is not written by this day of the next month is not written at all.
_LAST_DAY: Final = 10


def readers_of(store: Store, line: Line) -> dict[str, Language]:
    """Who is to read of a node, and in which language; those who have ended the letters are among them.

    They are those who look after it, and those who were named when it was registered.
    """
    found: dict[str, Language] = {}
    own: Language | None = None
    for one in line.sources:
        registration = store.registrations.behind(one.source.id)
        hears = registration.answers.hears if registration else None
        if hears is None:
            continue
        own = own or LANGUAGES.get(hears.language)
        for mail in hears.mails:
            _add(found, mail, LANGUAGES.get(hears.language, ENGLISH))
    if line.participant.node_id:
        for person in store.people.managers_of(line.participant.node_id):
            _add(found, person.mail, LANGUAGES.get(person.language) or own or ENGLISH)
    return found


def _add(found: dict[str, Language], mail: str, language: Language) -> None:
    try:
        found[normal_address(mail).lower()] = language
    except InvalidMail:
        log.warning("nobody can be written to by this address", why="not of the form name@host")


def written(known: Services, told: Happened, language: Language, *, mail: str = "") -> Written:
    """The letter as it goes to somebody; without him, as it would."""
    root = known.settings.public_url
    stop = stop_address(known, told.line.id, mail) if mail else ""
    return letter(told, language, signed=known.settings.repository_name, links=Links(root, stop))


def stop_address(known: Services, node_id: str, mail: str) -> str:
    """Where somebody ends the letters about a node."""
    return f"{known.settings.public_url}/digests/{known.store.digests.link(node_id, mail)}"


class Monthly:
    """The worker's side."""

    def __init__(self, known: Services, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._known = known
        self._now = now

    def look(self) -> None:
        """Write what is not written yet."""
        self.write()

    def write(self) -> int:
        """Write what is not written yet of the month that has passed; to how many nodes."""
        now = self._now()
        if now.day > _LAST_DAY or not self._known.settings.digests:
            return 0
        store, month = self._known.store, Month.before(now)
        done = store.digests.written(month.key)
        lines = [line for line in find_out(store).lines if line.id not in done]
        return sum(self._write_to(line, month, now) for line in lines)

    def _write_to(self, line: Line, month: Month, now: datetime) -> bool:
        store = self._known.store
        stopped = store.digests.stopped(line.id)
        readers = {mail: said for mail, said in readers_of(store, line).items() if mail not in stopped}
        if not readers:
            return False
        told = happened(store, line, month, now)
        if not told.is_worth_a_letter:
            return False
        letters = [self._mail(told, mail, language) for mail, language in readers.items()]
        if not store.digests.write(line.id, month.key, letters, now):
            return False
        log.info("monthly letter written", node=line.id, month=month.key, letters=len(letters))
        return True

    def _mail(self, told: Happened, mail: str, language: Language) -> Mail:
        made = written(self._known, told, language, mail=mail)
        stop = stop_address(self._known, told.line.id, mail)
        return Mail(mail, made.subject, made.text, language.tag, unsubscribe=stop)
