from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.run import Checkpoint, Ending, HarvestRun, RunKind, RunState, Tally
from endpoint.languages import LANGUAGES
from endpoint.public.wording import Wording, public
from factories import now

ENGLISH_WORDING = Wording()


def run_that(state: RunState = RunState.ENDED, **fields: object) -> HarvestRun:
    made = {
        "id": 1,
        "source_id": "nile",
        "kind": RunKind.FULL,
        "checkpoint": Checkpoint(),
        "tally": Tally(),
        "attempt": 1,
        "failures": 0,
        "opened_at": now(),
    }
    return HarvestRun(state=state, **(made | fields))  # type: ignore[arg-type] - fields of the run


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"ending": Ending.COMPLETE, "tally": Tally(1203, 1200, 2, 0, 1)},
            "Complete: 1,200 new, 2 changed, 1 deleted",
        ),
        ({"ending": Ending.NOTHING_NEW}, "Complete: nothing new"),
        (
            {"ending": Ending.COMPLETE_WITH_FAULTS, "tally": Tally(10, 8, faulty=2)},
            "Complete, with faults: 8 new, 2 of 10 could not be taken",
        ),
        ({"ending": Ending.CANCELLED, "checkpoint": Checkpoint(pages=1)}, "Cancelled; pages taken: 1"),
        ({"ending": Ending.FAILED, "message": "503"}, "Failed: 503"),
        ({"ending": Ending.FAILED}, "Failed: no reason was noted"),
    ],
)
def test_every_ending_has_its_words(fields: dict[str, object], said: str) -> None:
    assert ENGLISH_WORDING.ending(run_that(**fields)) == said


@pytest.mark.parametrize("kind", list(RunKind))
def test_every_kind_of_run_at_work_has_its_words(kind: RunKind) -> None:
    run = run_that(
        RunState.RUNNING, kind=kind, tally=Tally(1500, 1500), checkpoint=Checkpoint(complete_list_size=2000)
    )
    assert ENGLISH_WORDING.now_doing(run).endswith(" now: 1,500 of 2,000 so far")


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("", "When an operator asks"),
        ("0 3 * * *", "Every day at 03:00 UTC"),
        ("5 14 * * Mon", "Every week: Monday, 14:05 UTC"),
        ("5 14 * * 1", "Every week: Monday, 14:05 UTC"),
        ("5 14 * * 7", "Every week: Sunday, 14:05 UTC"),
        ("0 * * * *", "Every hour, on the hour"),
        ("20 * * * *", "Every hour, at minute 20"),
        ("*/15 * * * *", "Every 15 minutes"),
        ("0 3 1 * *", "By schedule: 0 3 1 * * (UTC)"),
        ("0 3 * * mon-fri", "By schedule: 0 3 * * mon-fri (UTC)"),
    ],
)
def test_usual_schedules_are_said_in_words(cron: str, said: str) -> None:
    assert ENGLISH_WORDING.schedule(cron) == said


def test_times_are_said_in_utc() -> None:
    east = timezone(timedelta(hours=3))
    assert ENGLISH_WORDING.moment(datetime(2026, 11, 24, 1, 5, tzinfo=east)) == "23 November 2026, 22:05 UTC"
    assert ENGLISH_WORDING.moment(datetime(2026, 3, 1, 0, 0, tzinfo=UTC)) == "1 March 2026, 00:00 UTC"


def test_a_schedule_is_said_on_the_clock_that_it_runs_by() -> None:
    assert ENGLISH_WORDING.schedule("0 3 * * *", "Africa/Dakar") == "Every day at 03:00 Africa/Dakar"


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_every_language_says_it_in_its_own_way(tag: str) -> None:
    said = Wording(LANGUAGES[tag])
    run = run_that(ending=Ending.COMPLETE_WITH_FAULTS, tally=Tally(1203, 1200, faulty=3))
    spoken = (said.ending(run), said.schedule("5 14 * * mon"))
    assert "%" not in "".join(spoken)
    assert ("Complete" in spoken[0], "new" in spoken[0]) == (tag == "en", tag == "en")
    english = (ENGLISH_WORDING.ending(run), ENGLISH_WORDING.schedule("5 14 * * mon"))
    assert (spoken == english) is (tag == "en")


@given(st.text(), st.text(alphabet="abcXYZ019!:%", min_size=1), st.text())
def test_what_stands_before_the_at_sign_of_an_address_is_never_shown(
    before: str, secret: str, after: str
) -> None:
    shown = public(f"{before} https://{secret}SECRET@host/ {after}")
    assert "SECRET@" not in shown
    assert len(shown) <= 300
