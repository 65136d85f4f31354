from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalogue.checkup import Checkup, Finding, Grade, Outcome, Stage
from catalogue.errors import TooManyCheckups, UnknownCheckup
from catalogue.store import Store
from catalogue.store.desk.checkups import Allowance

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
PLENTY = Allowance(100, 100)
STALE = timedelta(minutes=3)


def ask(store: Store, address: str = "https://a.example/", *, client: str = "c", at: datetime = NOW,
        allowance: Allowance = PLENTY) -> str:  # fmt: skip
    host = address.split("/")[2]
    return store.checkups.ask(address, host, client=client, now=at, allowance=allowance)


def report(**fields: object) -> Checkup:
    found = Finding(
        "clock", "ahead", Grade.PROBLEM, {"apart": "\u0000x"[1:]}, ("oai:1",), {"host_pause": 2.0}
    )
    return Checkup("https://a.example/", NOW, findings=(found,), **fields)  # type: ignore[arg-type]


def test_a_checkup_goes_from_the_queue_to_its_report(store: Store) -> None:
    first, second = ask(store), ask(store, "https://b.example/", at=NOW + timedelta(seconds=1))
    assert len({first, second}) == 2
    assert (store.checkups.get(second).before, store.checkups.get(first).before) == (1, 0)
    claim = store.checkups.claim(NOW, stale_after=STALE)
    assert claim is not None
    assert (claim.id, claim.address, claim.attempt) == (first, "https://a.example/", 1)
    store.checkups.note(claim, report())
    assert store.checkups.get(first).report == report()
    done = report(stage=Stage.ENDED, outcome=Outcome.COMPLETE)
    store.checkups.finish(claim, done, NOW)
    found = store.checkups.get(first)
    assert (found.report, found.ended_at) == (done, NOW)
    other = store.checkups.claim(NOW, stale_after=STALE)
    assert other is not None
    assert other.id == second
    assert store.checkups.claim(NOW, stale_after=STALE) is None


def test_what_a_worker_left_is_taken_by_another_and_the_first_writes_no_more(store: Store) -> None:
    ask(store)
    lost = store.checkups.claim(NOW, stale_after=STALE)
    assert lost is not None
    assert store.checkups.claim(NOW + STALE, stale_after=STALE) is None
    taken = store.checkups.claim(NOW + STALE + timedelta(seconds=1), stale_after=STALE)
    assert taken is not None
    assert (taken.id, taken.attempt) == (lost.id, 2)
    store.checkups.finish(lost, report(), NOW)
    assert store.checkups.get(lost.id).ended_at is None


def test_what_is_given_back_counts_for_nothing(store: Store) -> None:
    made = ask(store)
    claim = store.checkups.claim(NOW, stale_after=STALE)
    assert claim is not None
    store.checkups.note(claim, report())
    store.checkups.release(claim)
    assert (store.checkups.get(made).report, store.checkups.get(made).begun) == (None, False)
    again = store.checkups.claim(NOW, stale_after=STALE)
    assert again is not None
    assert again.attempt == 1


def test_the_same_address_is_not_looked_at_twice_at_once(store: Store) -> None:
    assert ask(store) == ask(store, at=NOW + timedelta(seconds=30), client="another")
    assert ask(store) != ask(store, at=NOW + timedelta(seconds=90))


@pytest.mark.parametrize(
    ("allowance", "whose"),
    [(Allowance(2, 100), "client"), (Allowance(100, 2), "host"), (Allowance(0, 9), "client")],
)
def test_an_hour_has_so_many(store: Store, allowance: Allowance, whose: str) -> None:
    most = min(allowance.per_client, allowance.per_host)
    for number in range(most):
        ask(store, f"https://a.example/{number}", at=NOW + timedelta(minutes=number), allowance=allowance)
    with pytest.raises(TooManyCheckups) as refused:
        ask(store, "https://a.example/more", at=NOW + timedelta(minutes=10), allowance=allowance)
    assert refused.value.whose == whose
    assert 0 < refused.value.retry_after <= 3600
    if most:
        assert refused.value.retry_after == 50 * 60 + 1
        ask(store, "https://a.example/more", at=NOW + timedelta(minutes=61), allowance=allowance)


def test_reports_are_forgotten_and_ids_are_not_guessed(store: Store) -> None:
    made = ask(store)
    assert len(made) >= 16
    assert store.checkups.latest_of("a.example") == made
    assert store.checkups.forget(NOW) == 0
    assert store.checkups.forget(NOW + timedelta(seconds=1)) == 1
    with pytest.raises(UnknownCheckup):
        store.checkups.get(made)
