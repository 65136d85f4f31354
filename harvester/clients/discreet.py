"""A client whose errors and notes hold no secret, and whose odd answers are kept.

A server may say our secrets back to us. And what a client found odd about an answer is known only here, when
the session still holds the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from catalogue.errors import HarvestError, ProtocolFailure
from catalogue.run import Checkpoint, Fault
from catalogue.scrubbing import Scrubber
from harvester.clients.base import Client, Description, HarvestSession, Note, Page


class DiscreetClient:
    """Another client, with the secrets of its source taken out of what it tells of answers."""

    def __init__(self, client: Client, session: HarvestSession) -> None:
        self._client = client
        self._session = session

    def describe(self) -> Description:
        """As the client does."""
        with self._watched():
            return self._client.describe()

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:
        """As the client does."""
        with self._watched():
            for page in self._client.pages(checkpoint, modified_since=modified_since):
                scrubbed = self._scrubbed(page)
                due = self._session.exchanges.due()
                yield replace(scrubbed, exchanges=tuple(due)) if due else scrubbed

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except HarvestError as error:
            scrub = self._session.scrubber
            error.args = (scrub.text(str(error)),)
            self._session.exchanges.failed(str(error))
            if isinstance(error, ProtocolFailure):
                error.code = scrub.text(error.code)
            raise

    def _scrubbed(self, page: Page) -> Page:
        if not (page.notes or page.faults):
            return page
        odd = (*(note.event for note in page.notes), *(fault.rule for fault in page.faults))
        self._session.exchanges.failed(", ".join(dict.fromkeys(odd)))
        scrub = self._session.scrubber
        if not scrub:
            return page
        return replace(
            page,
            # The message of such a fault may be an error that the server answered with.
            items=tuple(
                replace(item, fault=_fault(item.fault, scrub)) if item.fault else item for item in page.items
            ),
            notes=tuple(_note(note, scrub) for note in page.notes),
            faults=tuple(_fault(fault, scrub) for fault in page.faults),
        )


def _note(note: Note, scrub: Scrubber) -> Note:
    return replace(note, detail={name: _value(value, scrub) for name, value in note.detail.items()})


def _value(value: Any, scrub: Scrubber) -> Any:
    return scrub.text(value) if isinstance(value, str) else value


def _fault(fault: Fault, scrub: Scrubber) -> Fault:
    return replace(fault, message=scrub.text(fault.message), value=scrub.text(fault.value))
