"""Trial harvests over a real socket: bounded, judged, compared with what is there, and never kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalogue import registering
from catalogue.checkup import Interface
from catalogue.record import Identifier, Record, Text
from catalogue.registration import Answers, Hears, Registration, RegistrationState, See, What, When, Who
from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from catalogue.trial import Likeness
from factories import add_source, fill
from harvester.trial_harvest import harvest_on_trial
from harvester.trials import Trials
from registration_desk import made_report
from remote_node import FOREIGN, OAI_DC, Entry, RemoteNode, dublin_core, running

NOW = datetime.now(UTC)


@pytest.fixture
def node() -> Iterator[RemoteNode]:
    with running(RemoteNode(page_size=5, formats=(("oai_dc", OAI_DC),))) as found:
        for n in range(12):
            sets = ("waste",) if n % 2 else ()
            payload = dublin_core(f"Waste {n}", language="fr")
            found.records[f"oai:node.example:{n:02}"] = Entry(payload, sets=sets)
        found.put(("oai:node.example:90", FOREIGN), ("oai:node.example:91", None))
        yield found


@pytest.fixture
def trial_settings() -> Settings:
    return load_settings(allowed_networks=("127.0.0.0/8",), read_timeout=2.0)


def registered(store: Store, url: str, what: What = What()) -> Registration:  # noqa: B008 - frozen
    who = Who(mail="w@example.org", confirmed="w@example.org", organisation="Lake Centre")
    report = replace(made_report(url), examined=Interface("oai-pmh", url, "2.0"))
    draft = Registration(0, RegistrationState.DRAFT, url, NOW, NOW, "c", report=report)
    draft = replace(draft, answers=Answers(who, what, See(), When(), Hears(("w@example.org",))))
    key = store.registrations.begin(draft, client="c", per_hour=99)
    number = store.registrations.by_key(key).id
    return store.registrations.change(number, lambda one: registering.sent(one, NOW), NOW)


def test_what_would_be_taken_is_told_and_nothing_is_kept(
    sqlite_store: Store, node: RemoteNode, trial_settings: Settings
) -> None:
    one = registered(sqlite_store, node.url)
    done: list[Registration] = []
    Trials(sqlite_store, trial_settings, on_done=done.append).work()
    (told,) = done
    trial = told.trial
    assert trial is not None
    assert (trial.listed, trial.taken, trial.faulty, trial.deleted, trial.whole) == (14, 12, 1, 1, True)
    (fault,) = trial.faults
    assert (fault.count, fault.examples) == (1, ("oai:node.example:90",))
    assert (trial.languages, trial.formats) == ({"fr": 12}, {"oai_dc": 12})
    assert {"title", "rights", "link"} <= {one.check for one in trial.findings}
    assert "granularity" not in {one.check for one in trial.findings}
    assert sqlite_store.registrations.get(one.id).trial == trial
    assert sqlite_store.sources.all() == []
    assert sqlite_store.runs.newest() == []


def test_a_trial_reads_so_much_of_the_sets_that_were_chosen(
    sqlite_store: Store, node: RemoteNode, trial_settings: Settings
) -> None:
    one = registered(sqlite_store, node.url, What(("waste",), "oai_dc"))
    trial = harvest_on_trial(sqlite_store, trial_settings, one)
    assert (trial.listed, trial.whole) == (6, True)
    few = trial_settings.model_copy(update={"trial_records": 7})
    asked = len(node.listings)
    trial = harvest_on_trial(sqlite_store, few, registered(sqlite_store, node.url))
    assert (trial.listed, trial.whole, len(node.listings) - asked) == (7, False, 2)
    poor = trial_settings.model_copy(update={"check_requests": 2})
    trial = harvest_on_trial(sqlite_store, poor, registered(sqlite_store, node.url))
    assert "cost what it may" in trial.why
    assert trial.requests == 2


def test_sources_that_it_is_like_are_named(
    sqlite_store: Store, node: RemoteNode, trial_settings: Settings
) -> None:
    add_source(sqlite_store, "same", base_url=node.url.replace("http://", "HTTP://") + "/")
    add_source(sqlite_store, "beside", base_url=f"http://127.0.0.1:{node.port}/other")
    add_source(sqlite_store, "far", base_url="https://far.example.org/oai")
    trial = harvest_on_trial(sqlite_store, trial_settings, registered(sqlite_store, node.url))
    assert {(one.source_id, one.likeness) for one in trial.duplicates} == {
        ("same", Likeness.ADDRESS), ("beside", Likeness.HOST),
    }  # fmt: skip


def test_a_node_that_fails_is_reported_and_a_worker_that_stops_gives_it_back(
    sqlite_store: Store, node: RemoteNode, trial_settings: Settings
) -> None:
    one = registered(sqlite_store, "http://127.0.0.1:9/oai")
    Trials(sqlite_store, trial_settings).work()
    trial = sqlite_store.registrations.get(one.id).trial
    assert trial is not None
    assert (trial.listed, bool(trial.why)) == (0, True)
    one = registered(sqlite_store, node.url)
    stopping = Trials(sqlite_store, trial_settings)
    node.always = lambda _: bool(stopping._stopping.set())
    stopping.look()
    stopping.stop()
    assert sqlite_store.registrations.get(one.id).state is RegistrationState.RECEIVED
    node.always = None
    for minutes in (30, 20):  # two workers die over it
        past = datetime.now(UTC) - timedelta(minutes=minutes)
        assert sqlite_store.registrations.claim(past, stale_after=timedelta(minutes=2)) is not None
    Trials(sqlite_store, trial_settings).work()
    given_up = sqlite_store.registrations.get(one.id)
    assert given_up.trial is not None
    assert (given_up.state, given_up.trial.listed) == (RegistrationState.TRIAL_DONE, 0)


def test_records_of_the_same_names_are_found_in_both_databases(store: Store) -> None:
    from harvester.deduplication import compare, keys_of

    record = Record(Text.of("Waste", "en"), identifiers=(Identifier("10.1234/lake", "doi"),))
    fill(store, {"oai:node.example:1": record})
    while store.clusters.settle(compare):
        pass
    keys = {
        "same": keys_of(record, source_identifier="oai:elsewhere.example:9"),
        "other": keys_of(Record(Text.of("Other", "en")), source_identifier="oai:elsewhere.example:8"),
    }
    assert store.kinship.shared(keys) == {"nile": 1}
    assert store.kinship.shared({}) == {}
