"""When a source is due: what cron expressions mean, and that each due time opens one run."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from catalogue.cron import parse, zone_of
from catalogue.errors import RunLost, SettingsError, StoreUnreachable
from catalogue.run import Ending, HarvestRun, RunKind
from catalogue.settings import load_settings
from catalogue.source import Missed, Protocol, Source, SourceState
from catalogue.store import Store
from catalogue.timing import Timing, jitter_of
from factories import add_source, now, open_run
from harvester import schedule as module
from harvester.schedule import PUNCTUAL, Schedule

START = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)  # a Wednesday
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


#: Nothing is spread: what is due at three is due at three.
PROMPT = load_settings(schedule_jitter=0)


def scheduler(store: Store) -> Schedule:
    return Schedule(store, PROMPT)


def fires(cron: str, count: int, after: datetime = START) -> list[datetime]:
    return parse(cron).coming(after - timedelta(seconds=1), UTC, count)


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
    week = admits(in_week, day.isoweekday() % 7, 0, 6, DAYS)
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
    spans = st.tuples(number, number).map(sorted)
    span = spans.map("{0[0]}-{0[1]}".format)
    step = st.integers(1, 9)
    forms = [
        st.just("*"),
        number.map(str),
        span,
        st.builds("{}/{}".format, span, step),
        st.builds("*/{}".format, step),
    ]
    if names:
        forms += named(names)
    return listed(st.one_of(forms))


def named(names: list[str]) -> list[st.SearchStrategy[str]]:
    place = st.integers(0, len(names) - 1)
    return [
        place.map(names.__getitem__),
        st.tuples(place, place).map(sorted).map(lambda s: f"{names[s[0]]}-{names[s[1]]}"),
    ]


def listed(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(part, st.lists(part, min_size=2, max_size=3).map(",".join))


crons = st.builds(
    "{} {} {} {} {}".format,
    field_of(0, 59),
    field_of(0, 23),
    st.one_of(st.just("*"), field_of(1, 28)),
    st.one_of(st.just("*"), field_of(1, 12, MONTHS)),
    st.one_of(st.just("*"), listed(st.one_of(named(DAYS)))),
)


@given(crons)
@settings(max_examples=150, deadline=None)
def test_a_schedule_fires_when_cron_would(cron: str) -> None:
    assert fires(cron, 4) == expected(cron, 4, START)


@pytest.mark.parametrize("weekday", ["sun", "mon-fri", "sun-sat", "mon,wed", "mon-fri/2", "*"])
def test_days_of_the_week(weekday: str) -> None:
    cron = f"0 3 * * {weekday}"
    assert fires(cron, 8) == expected(cron, 8, START)


@pytest.mark.parametrize(
    ("cron", "first"),
    [
        ("0 3 * * mon", "2026-03-09"),
        ("0 3 1 * mon", "2026-03-09"),
        ("0 3 5 * mon", "2026-03-05"),
        ("0 3 29 2 *", "2028-02-29"),
        ("0 3 1 jan *", "2027-01-01"),
        ("0 3 1 Jan-Jun/5 *", "2026-06-01"),
        ("0 3 * * fri-sun", "2026-03-06"),
        ("0 3 * * sat-mon", "2026-03-07"),
        ("  0   3 * * SUN ", "2026-03-08"),
    ],
)
def test_first_fires(cron: str, first: str) -> None:
    assert fires(cron, 1) == [datetime.fromisoformat(f"{first}T03:00:00Z")]


@pytest.mark.parametrize(
    "cron",
    [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *",
        "* * * * 8", "* * * * 1", "* * * * 0", "* * * * 1-5", "* * * * */2", "* * * * mon-5",
        "5-1 * * * *", "*/0 * * * *", "a * * * *", "1, * * * *", "* * * * monday", "1-2-3 * * * *",
        "*-3 * * * *", "-1 * * * *", "@daily", "0 0 31 2 *",
        "0 0 31 2,4 *", "mon * * * *", "* * last * *", "٣ * * * *",
    ],
)  # fmt: skip
def test_what_is_no_cron_expression_is_refused(cron: str) -> None:
    with pytest.raises(SettingsError, match=r"cron expression|never comes"):
        parse(cron)


def by_the_clock(cron: str, zone: str, after: str, count: int) -> list[str]:
    """When it is due, in UTC."""
    moment = datetime.fromisoformat(after).astimezone(UTC)
    return [f"{due:%d %H:%M}" for due in parse(cron).coming(moment, zone_of(zone), count)]


@pytest.mark.parametrize(
    ("cron", "zone", "after", "due"),
    [
        ("0 3 * * *", "Africa/Nairobi", "2026-03-04T00:00+03:00", ["04 00:00", "05 00:00"]),
        ("0 3 * * mon", "Asia/Tokyo", "2026-03-04T00:00+09:00", ["08 18:00", "15 18:00"]),
        ("15 22 * * *", "America/Caracas", "2026-03-04T00:00-04:00", ["05 02:15", "06 02:15"]),
        # Clocks are put forward, 02:00 to 03:00 on 29 March.
        ("0 3 * * *", "Europe/Berlin", "2026-03-28T00:00+01:00", ["28 02:00", "29 01:00", "30 01:00"]),
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00+01:00", ["28 01:30", "29 01:30", "30 00:30"]),
        ("*/30 2 * * *", "Europe/Berlin", "2026-03-29T00:00+01:00", ["29 01:00", "29 01:30", "30 00:00"]),
        ("30 2,3 * * *", "Europe/Berlin", "2026-03-29T00:00+01:00", ["29 01:30", "30 00:30", "30 01:30"]),
        ("30 * * * *", "Europe/Berlin", "2026-03-29T00:00+01:00", ["28 23:30", "29 00:30", "29 01:30"]),
        # Clocks are set back, 03:00 to 02:00 on 25 October: 02:30 comes twice.
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00+02:00", ["24 00:30", "25 00:30", "26 01:30"]),
        ("30 * * * *", "Europe/Berlin", "2026-10-25T02:00+02:00", ["25 00:30", "25 01:30", "25 02:30"]),
        # At midnight, at the begin of the day: it begins at one.
        ("0 0 * * *", "Asia/Beirut", "2026-03-28T00:00+02:00", ["28 22:00", "29 21:00"]),
        ("30 23 * * *", "America/Santiago", "2026-04-04T12:00-03:00", ["05 02:30", "06 03:30"]),
        # By half an hour.
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00+10:30", ["02 15:45", "03 15:45", "04 15:15"]),
        ("15 * * * *", "Australia/Lord_Howe", "2026-10-04T01:00+10:30", ["03 14:45", "03 16:15", "03 17:15"]),
    ],
)  # fmt: skip
def test_the_clock_is_the_one_of_the_zone(cron: str, zone: str, after: str, due: list[str]) -> None:
    assert by_the_clock(cron, zone, after, len(due)) == due


YEARS = datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2028-01-01")
ZONES = ["", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu"]


@given(crons, st.sampled_from(ZONES), st.datetimes(*YEARS))
@settings(max_examples=60, deadline=None)
def test_what_comes_next_is_what_came_last_once_it_has_come(cron: str, zone: str, moment: datetime) -> None:
    now, clock, read = moment.replace(tzinfo=UTC), zone_of(zone), parse(cron)
    following = read.coming(now, clock, 3)
    assert following == sorted(set(following))
    for due, later in itertools.pairwise(following):
        assert read.after(now, clock) == due
        assert read.before(due, clock) == due
        assert read.before(later - timedelta(seconds=1), clock) == due
        now = due


@pytest.mark.parametrize("name", ["Nowhere", "Europe", "../etc/passwd", "/etc/localtime", "UTC\0"])
def test_a_zone_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="is not a time zone: one is named like Africa/Nairobi"):
        zone_of(name)


def test_sources_are_spread_and_each_stays_where_it_is() -> None:
    delays = [jitter_of(f"node-{n}", 300).total_seconds() for n in range(300)]
    assert delays == [jitter_of(f"node-{n}", 300).total_seconds() for n in range(300)]
    assert 0 <= min(delays) < 10
    assert 290 < max(delays) <= 300
    assert len(set(delays)) > 150
    assert jitter_of("node-1", 0) == timedelta(0)


def test_the_jitter_comes_on_top_of_the_clock() -> None:
    source = Source("nile", Protocol.CSW, "https://example.org/csw", schedule="30 10 * * *")
    timing = Timing.of(source, 300)
    assert timing.jitter == jitter_of("nile", 300) > timedelta(0)
    assert timing.next_after(START) == START + timing.jitter
    assert timing.next_after(START + timing.jitter) == START + timedelta(days=1) + timing.jitter
    assert timing.due_at(START + timing.jitter) == START
    assert timing.due_at(START) == START - timedelta(days=1)
    assert timing.coming(START, 1) == [START + timing.jitter]


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
    with time_machine.travel(START, tick=False) as traveller:
        add_source(store, schedule="* * * * *")
        one, two = scheduler(store), scheduler(store)
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
    with time_machine.travel(START, tick=False) as traveller:
        add_source(sqlite_store, schedule="30 * * * *")
        scheduler(sqlite_store).fire("nile")
        [run] = sqlite_store.runs.newest()
        sqlite_store.runs.cancel(run.id, now())
        traveller.shift(300)
        scheduler(sqlite_store).fire("nile")
        assert len(sqlite_store.runs.newest()) == 1


def test_a_due_time_is_the_one_by_the_clock_whenever_it_is_fired(sqlite_store: Store) -> None:
    """So two schedulers agree on it, although one of them fires a minute later."""
    with time_machine.travel(START - timedelta(hours=1), tick=False) as traveller:
        add_source(sqlite_store, schedule="30 13 * * *", time_zone="Africa/Nairobi")
        schedule = Schedule(sqlite_store, load_settings(schedule_jitter=300))
        traveller.move_to(START)
        schedule.fire("nile")
        assert sqlite_store.runs.newest() == []
        traveller.shift(jitter_of("nile", 300))
        schedule.fire("nile")
        assert sqlite_store.runs.last_due("nile", until=2**40) == START.timestamp()


@pytest.mark.parametrize(("missed", "opened"), [(Missed.MAKE_UP, 1), (Missed.SKIP, 0)])
def test_what_was_missed_is_made_up_for_or_skipped(sqlite_store: Store, missed: Missed, opened: int) -> None:
    with time_machine.travel(START - timedelta(hours=1), tick=False) as traveller:
        add_source(sqlite_store, schedule="30 10 * * *", missed=missed)
        traveller.move_to(START + PUNCTUAL + timedelta(minutes=1))
        schedule = scheduler(sqlite_store)
        schedule._scheduler.start(paused=True)
        try:
            schedule.follow_sources()
            next_time = schedule.due_times()["nile"]
        finally:
            schedule.stop()
        assert (next_time == START) is bool(opened)
        assert next_time in {START, START + timedelta(days=1)}
        schedule.fire("nile")
        assert len(sqlite_store.runs.newest()) == opened
        traveller.move_to(START + timedelta(days=1, minutes=5))
        schedule.fire("nile")
        last = sqlite_store.runs.last_due("nile", until=2**40)
        assert last == (START + timedelta(days=opened == 0)).timestamp()


def test_what_was_due_before_the_schedule_was_set_is_not_owed(sqlite_store: Store) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        add_source(sqlite_store, schedule="0 10 * * *")
        schedule = scheduler(sqlite_store)
        schedule.fire("nile")
        sqlite_store.sources.change("nile", schedule="25 10 * * *")
        schedule.fire("nile")
        assert sqlite_store.runs.newest() == []
        sqlite_store.sources.change("nile", time_zone="Africa/Nairobi", schedule="30 13 * * *")
        traveller.shift(59)
        schedule.fire("nile")
        assert len(sqlite_store.runs.newest()) == 1


def test_a_schedule_that_is_not_understood_is_said_once(sqlite_store: Store) -> None:
    add_source(sqlite_store, schedule="0 3 * * *", time_zone="Mars/Olympus")
    schedule = scheduler(sqlite_store)
    with capture_logs() as lines:
        for _ in range(3):
            schedule.follow_sources()
    assert [line["why"] for line in lines] == [
        "'Mars/Olympus' is not a time zone: one is named like Africa/Nairobi"
    ]
    sqlite_store.sources.change("nile", time_zone="Africa/Nairobi")
    schedule._scheduler.start(paused=True)
    try:
        schedule.follow_sources()
        assert "nile" in schedule.due_times()
    finally:
        schedule.stop()


def test_what_has_a_harvest_already_gets_none(sqlite_store: Store) -> None:
    add_source(sqlite_store, schedule="* * * * *")
    open_run(sqlite_store)
    scheduler(sqlite_store).fire("nile")
    assert len(sqlite_store.runs.newest()) == 1


def test_the_kind_follows_from_what_was_harvested(sqlite_store: Store) -> None:
    add_source(sqlite_store, "first", schedule="* * * * *")
    add_source(sqlite_store, "again", schedule="* * * * *", harvested_until="2026-01-01")
    schedule = scheduler(sqlite_store)
    for source_id in ("first", "again"):
        schedule.fire(source_id)
    assert {run.source_id: (run.kind, run.requested_by) for run in sqlite_store.runs.newest()} == {
        "first": (RunKind.FULL, "schedule"),
        "again": (RunKind.INCREMENTAL, "schedule"),
    }


@pytest.mark.parametrize("state", [SourceState.SUSPENDED, SourceState.RETIRED])
def test_what_is_not_active_is_not_fired(sqlite_store: Store, state: SourceState) -> None:
    add_source(sqlite_store, schedule="* * * * *")
    schedule = scheduler(sqlite_store)
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
    monkeypatch.setattr(module, "_LOOK", 0.1)
    add_source(sqlite_store, "nile", schedule="0 3 1 1 *")
    add_source(sqlite_store, "volta", schedule="0 4 1 1 *")
    add_source(sqlite_store, "never")
    add_source(sqlite_store, "wrong", schedule="not a cron expression")
    schedule = scheduler(sqlite_store)
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
    add_source(store, schedule=f"0 {hour} * * *", scheduled_at=now() - timedelta(days=3))
    old = store.runs.open(
        "nile", RunKind.FULL, now(), due=yesterday - yesterday % 3600 - 7200, worker="a:1:a"
    )
    store.runs.end(old, Ending.COMPLETE, now())
    for _ in range(2):
        schedule = scheduler(store)
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


def test_nothing_stands_still_after_the_clock_was_set_back(
    sqlite_store: Store, until: Callable[[Callable[[], bool]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is called every so often is so again, and a schedule that fired ahead of its time fires again."""
    monkeypatch.setattr(module, "_TICK", 0.05)
    monkeypatch.setattr(module, "_LOOK", 0.05)
    calls: list[int] = []
    add_source(sqlite_store, schedule="* * * * *", scheduled_at=now() - timedelta(hours=1))
    schedule = scheduler(sqlite_store)
    schedule.every(0.05, lambda: calls.append(1), "count")
    with time_machine.travel(now() + timedelta(days=3650), tick=True) as traveller:
        schedule.start()
        try:
            until(lambda: len(calls) > 1 and len(sqlite_store.runs.newest()) == 1)
            sqlite_store.runs.cancel(sqlite_store.runs.newest()[0].id, now())
            traveller.shift(-timedelta(days=3650))
            before = len(calls)
            until(lambda: len(calls) > before + 2)
            until(lambda: len(sqlite_store.runs.newest()) == 2)
            until(lambda: schedule.due_times()["nile"] <= now() + timedelta(minutes=1))
        finally:
            schedule.stop()


def test_what_was_written_down_while_the_clock_was_wrong_holds_nothing_back(store: Store) -> None:
    later = now() + timedelta(days=3650)
    add_source(store, schedule="0 * * * *", scheduled_at=later)
    old = store.runs.open("nile", RunKind.FULL, now(), due=int(later.timestamp()), worker="a:1:a")
    store.runs.end(old, Ending.COMPLETE, now())
    scheduler(store).fire("nile")
    [fired, _] = store.runs.newest()
    assert fired.requested_by == "schedule"
    run = store.runs.claim(fired.id, "a:1:a", now())
    store.runs.retry_later(run, "no answer", now() + timedelta(hours=48))
    assert store.runs.due(now()) == []
    with pytest.raises(RunLost):
        store.runs.claim(run.id, "a:1:a", now())
    store.runs.retry_later(store.runs.claim(run.id, "a:1:a", now(), early=True), "no answer", later)
    assert [due.id for due in store.runs.due(now())] == [run.id]
    assert store.runs.claim(run.id, "a:1:a", now()).attempt > run.attempt


def test_a_schedule_that_is_edited_does_not_fire_for_the_time_before(sqlite_store: Store) -> None:
    add_source(sqlite_store, schedule="0 3 1 1 *")
    run = sqlite_store.runs.open("nile", RunKind.FULL, now(), due=1, worker="a:1:a")
    sqlite_store.runs.end(run, Ending.COMPLETE, now())
    schedule = scheduler(sqlite_store)
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


def test_what_is_due_while_the_database_is_away_is_fired_later(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_source(sqlite_store, "nile", schedule="0 0 1 1 *", scheduled_at=now() - timedelta(days=800))
    opening = sqlite_store.runs.open
    refusals = iter([True, True])

    def away(*arguments: Any, **named: Any) -> HarvestRun:
        if next(refusals, False):
            raise StoreUnreachable("away")
        return opening(*arguments, **named)

    monkeypatch.setattr(sqlite_store.runs, "open", away)
    schedule = scheduler(sqlite_store)
    schedule.every(0.1, schedule.follow_sources, "follow")
    with capture_logs() as lines:
        schedule.start_chores()
        deadline = time.monotonic() + 20
        while not sqlite_store.runs.newest():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        schedule.stop()
    assert [line["event"] for line in lines].count("not opened") == 2
    assert len(sqlite_store.runs.newest()) == 1


def test_a_chore_that_finds_no_database_is_called_again(sqlite_store: Store) -> None:
    calls: list[int] = []

    def chore() -> None:
        calls.append(1)
        raise StoreUnreachable("away")

    schedule = scheduler(sqlite_store)
    schedule.every(0.05, chore, "look")
    with capture_logs() as lines:
        schedule.start_chores()
        deadline = time.monotonic() + 20
        while len(calls) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        schedule.stop()
    assert {(line["event"], line["chore"], line["why"]) for line in lines} == {("chore left", "look", "away")}


def test_a_chore_is_called_again_and_again(
    sqlite_store: Store, until: Callable[[Callable[[], bool]], None]
) -> None:
    calls: list[float] = []
    schedule = scheduler(sqlite_store)
    schedule.every(0.05, lambda: calls.append(time.monotonic()), "count")
    schedule.start_chores()
    until(lambda: len(calls) > 3)
    schedule.stop()
    count = len(calls)
    time.sleep(0.2)
    assert len(calls) == count
