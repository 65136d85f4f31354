"""Trial harvests of registrations: what would be taken, and how good it is. Nothing of it is kept as records.

A trial is no run: there is no source yet, and a run would put records into the feed. The client that a
harvest would use reads a bounded part of the list, as the registrant wants it; each record is read, rendered
and judged as a harvest and a check-up would do it, and only what is said of that is written down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from catalogue.errors import CheckupOver, HarvestError
from catalogue.registration import Registration, source_of
from catalogue.run import Checkpoint
from catalogue.sets import load_sets
from catalogue.settings import Settings
from catalogue.source import Source, SourceState
from catalogue.store import Store
from catalogue.store.holdings.records import Write
from catalogue.trial import Duplicate, Likeness, Trial, TrialFault
from catalogue.xml import clean
from harvester.clients import client_for
from harvester.clients.base import Item
from harvester.deduplication import keys_of, place_of
from harvester.doctor.checks import OF_RECORDS, judge
from harvester.doctor.observation import Observation, Transport
from harvester.doctor.records import understood
from harvester.doctor.session import Budget, CheckupSession
from harvester.ingest import Arrival, prepare_all
from harvester.slices import utc_now

#: What a source is called as long as it is none.
_NAME: Final = "trial"
_MOST_FAULTS: Final = 20
_MOST_EXAMPLES: Final = 5
#: Characters of what a server had a part in.
_LONGEST: Final = 300
_MOST_LANGUAGES: Final = 10


def harvest_on_trial(
    store: Store,
    settings: Settings,
    registration: Registration,
    *,
    should_stop: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] = utc_now,
) -> Trial:
    """What a harvest of a registration would take, from a bounded part of its list.

    Raises:
        CheckupOver: this process ends: it may be begun anew elsewhere.
        RegistrationClosed: nothing was found that can be harvested.
    """
    source = source_of(registration, _NAME)
    budget = Budget(
        settings.check_requests, settings.check_bytes, settings.check_seconds, should_stop=should_stop
    )
    begun, why, checkpoint = now(), "", Checkpoint()
    most = settings.trial_records
    items: list[Item] = []
    with CheckupSession(settings, budget, source.base_url) as session:
        try:
            for page in client_for(source, session).pages(checkpoint):
                items += (replace(item, element=None) for item in page.items if not item.outside)
                checkpoint = page.checkpoint
                if len(items) >= most:
                    break
        except CheckupOver as over:
            if over.stopped:
                raise
            why = str(over)
        except HarvestError as error:
            why = str(error)
    trial = Trial(
        begun,
        begun,
        whole=checkpoint.finished and len(items) <= most,
        why=why[:_LONGEST],
        told=checkpoint.complete_list_size,
        requests=budget.asked,
    )
    told = judged(trial, settings, source, items[:most])
    likeness = tuple(_like(store, source, items[:most]))
    return replace(told, ended_at=now(), duplicates=likeness)


def judged(trial: Trial, settings: Settings, source: Source, items: list[Item]) -> Trial:
    """Each item made ready as for the catalogue, and judged as a check-up judges."""
    alive = [item for item in items if not item.deleted]
    arrivals = [
        Arrival.of(
            settings.repository_identifier, source.id, source_identifier=item.identifier,
            datestamp=item.datestamp, payload=item.payload, about=item.about,
        )
        for item in alive
        if item.payload is not None and item.fault is None
    ]  # fmt: skip
    made = prepare_all(arrivals, load_sets(settings.sets_path), source.defaults)
    writes = [one for one in made if isinstance(one, Write)]
    faults = [one for one in made if not isinstance(one, Write)]
    faults += [item.fault for item in alive if item.fault is not None]
    seen = Observation(
        source.protocol, source.base_url, trial.begun_at, Transport(source.base_url),
        records=understood(alive),
    )  # fmt: skip
    languages = Counter(name for one in writes for name in set(one.record.languages))
    return replace(
        trial,
        listed=len(items),
        deleted=len(items) - len(alive),
        taken=len(writes),
        faulty=len(faults),
        faults=tuple(_grouped((one.rule, str(one.message), one.source_identifier) for one in faults)),
        findings=tuple(one for one in judge(seen) if one.check in OF_RECORDS),
        languages=dict(languages.most_common(_MOST_LANGUAGES)),
        formats=dict(Counter(one.metadata_prefix for one in writes)),
    )


def _grouped(faults: Iterable[tuple[str, str, str]]) -> Iterator[TrialFault]:
    """By rule, the commonest first."""
    found = list(faults)
    for rule, count in Counter(rule for rule, _, _ in found).most_common(_MOST_FAULTS):
        of_rule = [(message, name) for broken, message, name in found if broken == rule]
        named = tuple(clean(name)[:_LONGEST] for _, name in of_rule[:_MOST_EXAMPLES] if name)
        yield TrialFault(rule, count, clean(of_rule[0][0])[:_LONGEST], named)


def _like(store: Store, source: Source, items: list[Item]) -> Iterator[Duplicate]:
    """The sources that are there already, and that this one is like."""
    keys = {
        one.item.identifier: keys_of(one.record, source_identifier=one.item.identifier)
        for one in understood(items)
        if one.record is not None
    }
    # The last bit tells keys of titles, which are no proof.
    sure = {name: [key for key in found if not key & 1] for name, found in keys.items()}
    shared = store.kinship.shared(sure)
    for one in store.sources.all(SourceState.ACTIVE, SourceState.SUSPENDED):
        if place_of(one.base_url) == place_of(source.base_url):
            yield Duplicate(one.id, one.label, one.base_url, Likeness.ADDRESS)
        elif one.host and one.host == source.host:
            yield Duplicate(one.id, one.label, one.base_url, Likeness.HOST)
        if shared.get(one.id):
            yield Duplicate(one.id, one.label, one.base_url, Likeness.RECORDS, shared[one.id])
