"""When a source is due: what cron expressions mean, and that each due time opens one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import SettingsError
from catalogue.run import Ending, RunKind
from catalogue.source import SourceState
from catalogue.store import Store
from factories import add_source, now, open_run
from harvester.schedule import Schedule, trigger_of

START = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)  # a Wednesday
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def fires(cron: str, count: int, after: datetime = START) -> list[datetime]:
    trigger = trigger_of(cron)
    found: list[datetime] = []
    for _ in range(count):
        moment = trigger.get_next_fire_time(None, after)
        assert moment is not None
        found.append(moment)
        after = moment + timedelta(seconds=1)
    return found


# A plain reading of crontab(5), field by field, that shares nothing with ours.


def admits(field: str, value: int, first: int, last: int, names: list[str]) -> bool:
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        if span == "*":
            begin, end = first, last
        else:
            begin = names.index(low) + first if low in names else int(low)
            end = (names.index(high) + first if high in names else int(high)) if high else begin
        if value in range(begin, end + 1, int(step or 1)):
            return True
    return False


def comes_on(cron: str, day: datetime) -> bool:
    """Whether anything is due on that day."""
    _, _, in_month, month, in_week = cron.split()
    number = day.isoweekday() % 7
    week = any(admits(in_week, value, 0, 7, DAYS) for value in ({0, 7} if number == 0 else {number}))
    date = admits(in_month, day.day, 1, 31, [])
    either = not in_month.startswith("*") and not in_week.startswith("*")
    return admits(month, day.month, 1, 12, MONTHS) and (week or date if either else week and date)


def expected(cron: str, count: int, after: datetime) -> list[datetime]:
    minute, hour, *_ = cron.split()
    found: list[datetime] = []
    day = after.replace(hour=0, minute=0)
    while len(found) < count:
        if comes_on(cron, day):
            found += [
                moment
                for h in range(24)
                if admits(hour, h, 0, 23, [])
                for m in range(60)
                if admits(minute, m, 0, 59, []) and (moment := day.replace(hour=h, minute=m)) >= after
            ]
        day += timedelta(days=1)
    return found[:count]


def field_of(first: int, last: int, names: list[str] | None = None) -> st.SearchStrategy[str]:
    number = st.integers(first, last)
    one = number.map(str)
    spans = st.tuples(number, number).map(sorted)
    span = spans.map("{0[0]}-{0[1]}".format)
    step = st.integers(1, 9)
    forms = [
        st.just("*"),
        one,
        span,
        st.builds("{}/{}".format, span, step),
        st.builds("*/{}".format, step),
    ]
    if names:
        named = st.integers(0, len(names) - 1)
        forms.append(named.map(names.__getitem__))
        forms.append(st.tuples(named, named).map(sorted).map(lambda s: f"{names[s[0]]}-{names[s[1]]}"))
    part = st.one_of(forms)
    return st.one_of(part, st.lists(part, min_size=2, max_size=3).map(",".join))


crons = st.builds(
    "{} {} {} {} {}".format,
    field_of(0, 59),
    field_of(0, 23),
    st.one_of(st.just("*"), field_of(1, 28)),
    st.one_of(st.just("*"), field_of(1, 12, MONTHS)),
    field_of(0, 7, DAYS),
)


@given(crons)
@settings(max_examples=150, deadline=None)
def test_a_schedule_fires_when_cron_would(cron: str) -> None:
    assert fires(cron, 4) == expected(cron, 4, START)


@pytest.mark.parametrize(
    "weekday", ["*/2", "0-4", "1-5", "5-7", "0", "7", "1,3", "sun", "mon-fri", "sun-sat", "1-5/2"]
)
def test_days_of_the_week(weekday: str) -> None:
    cron = f"0 3 * * {weekday}"
    assert fires(cron, 8) == expected(cron, 8, START)


@pytest.mark.parametrize(
    ("cron", "first"),
    [
        ("0 3 * * 1", "2026-03-09"),
        ("0 3 1 * 1", "2026-03-09"),
        ("0 3 5 * 1", "2026-03-05"),
        ("0 3 29 2 *", "2028-02-29"),
        ("0 3 1 jan *", "2027-01-01"),
        ("0 3 1 Jan-Jun/5 *", "2026-06-01"),
        ("0 3 * * fri-sun", "2026-03-06"),
        ("  0   3 * * SUN ", "2026-03-08"),
    ],
)
def test_first_fires(cron: str, first: str) -> None:
    assert fires(cron, 1) == [datetime.fromisoformat(f"{first}T03:00:00Z")]


@pytest.mark.parametrize(
    "cron",
    [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *",
        "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "1, * * * *", "* * * * monday",
        "* * * * sat-mon", "1-2-3 * * * *", "*-3 * * * *", "-1 * * * *", "@daily", "0 0 31 2 *",
        "0 0 31 2,4 *", "mon * * * *", "* * last * *", "٣ * * * *",
    ],
)  # fmt: skip
def test_what_is_no_cron_expression_is_refused(cron: str) -> None:
    with pytest.raises(SettingsError, match=r"cron expression|never comes"):
        trigger_of(cron)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Waits until something holds."""

    def wait(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 15
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    return wait


def test_two_schedulers_fire_one_due_time_once(store: Store) -> None:
    add_source(store, schedule="* * * * *")
    with time_machine.travel(START, tick=False) as traveller:
        one, two = Schedule(store), Schedule(store)
        one.fire("nile")
        two.fire("nile")
        [run] = store.runs.newest()
        store.runs.cancel(run.id, now())
        two.fire("nile")
        traveller.shift(30)
        one.fire("nile")
        assert len(store.runs.newest()) == 1
        traveller.shift(30)
        two.fire("nile")
        assert len(store.runs.newest()) == 2


def test_a_scheduler_that_is_late_does_not_fire_again_what_another_has_fired(sqlite_store: Store) -> None:
    add_source(sqlite_store, schedule="30 * * * *")
    with time_machine.travel(START, tick=False) as traveller:
        Schedule(sqlite_store).fire("nile")
        [run] = sqlite_store.runs.newest()
        sqlite_store.runs.cancel(run.id, now())
        traveller.shift(300)
        Schedule(sqlite_store).fire("nile")
        assert len(sqlite_store.runs.newest()) == 1


def test_what_has_a_harvest_already_gets_none(sqlite_store: Store) -> None:
    add_source(sqlite_store, schedule="* * * * *")
    open_run(sqlite_store)
    Schedule(sqlite_store).fire("nile")
    assert len(sqlite_store.runs.newest()) == 1


def test_the_kind_follows_from_what_was_harvested(sqlite_store: Store) -> None:
    add_source(sqlite_store, "first", schedule="* * * * *")
    add_source(sqlite_store, "again", schedule="* * * * *", harvested_until="2026-01-01")
    schedule = Schedule(sqlite_store)
    for source_id in ("first", "again"):
        schedule.fire(source_id)
    assert {run.source_id: (run.kind, run.requested_by) for run in sqlite_store.runs.newest()} == {
        "first": (RunKind.FULL, "schedule"),
        "again": (RunKind.INCREMENTAL, "schedule"),
    }


@pytest.mark.parametrize("state", [SourceState.SUSPENDED, SourceState.RETIRED])
def test_what_is_not_active_is_not_fired(sqlite_store: Store, state: SourceState) -> None:
    add_source(sqlite_store, schedule="* * * * *")
    schedule = Schedule(sqlite_store)
    schedule.follow_sources()
    sqlite_store.sources.change("nile", state=state)
    schedule.fire("nile")
    schedule.fire("unknown")
    assert sqlite_store.runs.newest() == []


def test_runs_of_a_suspended_source_wait_until_it_is_resumed(store: Store) -> None:
    add_source(store)
    run = store.runs.open("nile", RunKind.FULL, now())
    store.sources.change("nile", state=SourceState.SUSPENDED)
    assert store.runs.due(now()) == []
    store.sources.change("nile", state=SourceState.ACTIVE)
    assert [due.id for due in store.runs.due(now())] == [run.id]
    store.runs.cancel(run.id, now())
    store.sources.change("nile", state=SourceState.RETIRED)
    retiring = store.runs.open("nile", RunKind.RETIRE, now())
    assert [due.id for due in store.runs.due(now())] == [retiring.id]


def test_the_job_list_follows_the_sources(
    sqlite_store: Store, until: Callable[[Callable[[], bool]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from harvester import schedule as module

    monkeypatch.setattr(module, "_LOOK", 0.1)
    add_source(sqlite_store, "nile", schedule="0 3 1 1 *")
    add_source(sqlite_store, "volta", schedule="0 4 1 1 *")
    add_source(sqlite_store, "never")
    add_source(sqlite_store, "wrong", schedule="not a cron expression")
    schedule = Schedule(sqlite_store)
    schedule.start()
    try:
        until(lambda: {i: due.hour for i, due in schedule.due_times().items()} == {"nile": 3, "volta": 4})
        sqlite_store.sources.change("nile", schedule="0 5 1 1 *")
        sqlite_store.sources.change("volta", state=SourceState.SUSPENDED)
        sqlite_store.sources.change("never", schedule="0 6 1 1 *")
        until(lambda: {i: due.hour for i, due in schedule.due_times().items()} == {"nile": 5, "never": 6})
        sqlite_store.sources.change("volta", state=SourceState.ACTIVE)
        until(lambda: "volta" in schedule.due_times())
    finally:
        schedule.stop()
    assert sqlite_store.runs.newest() == []


def test_a_fire_that_was_missed_is_made_up_for_once(
    store: Store, until: Callable[[Callable[[], bool]], None]
) -> None:
    yesterday = int(time.time()) - 86400
    hour = (datetime.now(UTC) - timedelta(hours=3)).hour
    add_source(store, schedule=f"0 {hour} * * *")
    old = store.runs.open(
        "nile", RunKind.FULL, now(), due=yesterday - yesterday % 3600 - 7200, worker="a:1:a"
    )
    store.runs.end(old, Ending.COMPLETE, now())
    for _ in range(2):
        schedule = Schedule(store)
        schedule.start()
        try:
            until(lambda: len(store.runs.newest()) == 2)
            time.sleep(0.3)
        finally:
            schedule.stop()
        newest = store.runs.newest()[0]
        assert newest.requested_by == "schedule"
        if newest.is_open:
            store.runs.cancel(newest.id, now())
    assert len(store.runs.newest()) == 2


def test_a_schedule_that_is_edited_does_not_fire_for_the_time_before(sqlite_store: Store) -> None:
    add_source(sqlite_store, schedule="0 3 1 1 *")
    run = sqlite_store.runs.open("nile", RunKind.FULL, now(), due=1, worker="a:1:a")
    sqlite_store.runs.end(run, Ending.COMPLETE, now())
    schedule = Schedule(sqlite_store)
    schedule._scheduler.start(paused=True)
    try:
        sqlite_store.sources.change("nile", schedule="")
        schedule.follow_sources()
        assert schedule.due_times() == {}
        add_source(sqlite_store, "volta", schedule="0 3 1 1 *")
        schedule.follow_sources()
        run = sqlite_store.runs.open("volta", RunKind.FULL, now(), due=1, worker="a:1:a")
        sqlite_store.sources.change("volta", schedule="0 4 1 1 *")
        schedule.follow_sources()
        assert schedule.due_times()["volta"] > datetime.now(UTC)
    finally:
        schedule.stop()


def test_a_chore_is_called_again_and_again(
    sqlite_store: Store, until: Callable[[Callable[[], bool]], None]
) -> None:
    calls: list[float] = []
    schedule = Schedule(sqlite_store)
    schedule.every(0.05, lambda: calls.append(time.monotonic()), "count")
    schedule.start_chores()
    until(lambda: len(calls) > 3)
    schedule.stop()
    count = len(calls)
    time.sleep(0.2)
    assert len(calls) == count
