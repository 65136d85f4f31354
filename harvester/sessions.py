"""A session for a run: opened with what the store knows of its source, and what it learns is written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from catalogue.credentials import Secret
from catalogue.exchange import Exchange
from catalogue.run import HarvestRun, RunKind
from catalogue.scrubbing import Scrubber
from catalogue.sealing import keys_of
from catalogue.settings import Settings
from catalogue.source import Source
from catalogue.store import Store
from harvester.http import HarvestSession
from harvester.http.conditional import Validators
from harvester.http.exchanges import ExchangeLog
from harvester.http.memory import Memory
from harvester.slices import utc_now

#: Days before a certificate ends from which on a run says so.
CERTIFICATE_DAYS: Final = 21


@contextmanager
def session_for(
    store: Store, settings: Settings, source: Source, run: HarvestRun
) -> Iterator[HarvestSession]:
    """A session for a slice of a run.

    Raises:
        SecretsLocked: the source's secrets cannot be opened.
    """
    conditional = run.kind is RunKind.INCREMENTAL and not source.quirks.no_validators
    validators = Validators((lambda: store.validators.known(source.id)) if conditional else dict)
    secrets = store.secrets.of(source, keys_of(settings.secret_key.get_secret_value(), store.key_file))
    kept = settings.requests_kept
    _note_ends(store, source, secrets)

    def note(found: Sequence[Exchange]) -> None:
        store.exchanges.note(run.id, found, kept=kept)

    exchanges = ExchangeLog(
        scrubber=Scrubber(secrets),
        kept=kept,
        begun=store.exchanges.count(run.id),
        # Where a worker has died with this page, the next one writes down what came before it looks at it.
        sink=note if run.lapses else None,
        keep=note,
    )
    memory = Memory(validators, exchanges)
    with HarvestSession.from_settings(settings, source, secrets=secrets, memory=memory) as session:
        try:
            yield session
        finally:
            note(exchanges.drained())
            store.exchanges.add_times(source.id, exchanges.times())
            if run.kind.harvests:  # what a trial has seen, nobody has taken
                store.validators.note(source.id, run.id, validators.noted)
            _tell(store, source, run, session)
            store.exchanges.add_answers(run.id, exchanges.times())


def _tell(store: Store, source: Source, run: HarvestRun, session: HarvestSession) -> None:
    """Write down what a person should know of the source's address and certificate, once for each run."""
    if session.moved_to:
        _log_once(store, run, "moved", base_url=source.base_url, to=session.moved_to)
    until = session.certificate_until
    if until is None:
        return
    told = until.strftime("%Y-%m-%dT%H:%M:%SZ")
    if told != source.certificate_until:
        store.sources.change(source.id, certificate_until=told)
    days = (until - utc_now()).days
    if days < CERTIFICATE_DAYS:
        _log_once(store, run, "certificate-expires", until=told, days=days)


def _note_ends(store: Store, source: Source, secrets: Sequence[Secret]) -> None:
    """Write down when secrets end that were set before that was written down."""
    known = store.secrets.ends(source.id)
    for secret in secrets:
        if secret.ends_at is not None and secret.kind not in known:
            store.secrets.note_end(source.id, secret.kind, secret.ends_at)


def _log_once(store: Store, run: HarvestRun, event: str, **detail: object) -> None:
    if all(told.event != event for told in store.runs.events(run.id)):
        store.runs.log(run.id, utc_now(), event, level="warning", **detail)
