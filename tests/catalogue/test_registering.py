"""The life of a registration: whatever is done in whatever order, it goes only where its table leads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import registering
from catalogue.errors import RegistrationClosed
from catalogue.registration import (
    CLOSED,
    EDITABLE,
    Answers,
    Hears,
    Registration,
    RegistrationState,
    See,
    Step,
    What,
    When,
    Who,
    answers_from,
    to_json,
)
from catalogue.trial import Trial
from registration_desk import made_report

NOW = datetime(2026, 11, 28, 5, tzinfo=UTC)
URL = "https://repository.example.ke/oai"
S = RegistrationState
FULL = Answers(Who(mail="w@example.org"), What(), See(), When(), Hears())
DRAFT = Registration(1, S.DRAFT, URL, NOW, NOW, answers=FULL, report=made_report(URL))
ACTS: dict[str, Callable[[Registration], Registration]] = {
    "send": lambda one: registering.sent(one, NOW),
    "claim": lambda one: replace(one, state=S.UNDER_CHECK) if one.state is S.RECEIVED else one,
    "try": lambda one: registering.tried(one, Trial(NOW, NOW), NOW),
    "second": lambda one: registering.seconded(one, NOW, by="a", reason="x"),
    "accept": lambda one: registering.accepted(one, NOW, by="b", reason="x", source_id="lake"),
    "ask": lambda one: registering.changes_asked(one, NOW, by="a", reason="x"),
    "refuse": lambda one: registering.refused(one, NOW, by="a", reason="x"),
    "withdraw": lambda one: registering.withdrawn(one, NOW),
    "write": lambda one: registering.written(one, NOW, "x"),
    "answer": lambda one: registering.answered(one, see=See(well=False, remark="x")),
    "recheck": lambda one: registering.rechecked(one, URL, "other"),
}
LEADS = {
    S.DRAFT: {S.RECEIVED, S.WITHDRAWN},
    S.RECEIVED: {S.UNDER_CHECK, S.CHANGES_ASKED, S.REFUSED, S.WITHDRAWN},
    S.UNDER_CHECK: {S.TRIAL_DONE, S.CHANGES_ASKED, S.REFUSED, S.WITHDRAWN},
    S.TRIAL_DONE: {S.ACCEPTED, S.CHANGES_ASKED, S.REFUSED, S.WITHDRAWN},
    S.CHANGES_ASKED: {S.RECEIVED, S.REFUSED, S.WITHDRAWN},
    S.ACCEPTED: set[RegistrationState](),
    S.REFUSED: set[RegistrationState](),
    S.WITHDRAWN: set[RegistrationState](),
}


@settings(max_examples=150)
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=14))
def test_it_goes_only_where_its_table_leads(names: list[str]) -> None:
    one = DRAFT
    for name in names:
        before = one
        with suppress(RegistrationClosed):
            one = ACTS[name](before)
        assert one.state is before.state or one.state in LEADS[before.state]
        assert one.answers == before.answers or before.state in EDITABLE
        assert one.events[: len(before.events)] == before.events
        assert (one.decided_at is not None) is (one.state in CLOSED)
        assert bool(one.source_id) is (one.state is S.ACCEPTED)
        assert one.trial is None or one.state is not S.RECEIVED


@pytest.mark.parametrize("step", [step for step in Step if step not in {Step.CHECK, Step.SEND}])
def test_nothing_is_sent_that_lacks_an_answer_or_a_checkup(step: Step) -> None:
    lacking = replace(DRAFT, answers=replace(FULL, **{step: None}))
    assert lacking.missing == (step,)
    with pytest.raises(RegistrationClosed, match=step):
        registering.sent(lacking, NOW)
    with pytest.raises(RegistrationClosed, match="check"):
        registering.sent(replace(DRAFT, report=None), NOW)


def test_answers_are_kept_whole_and_old_ones_are_read() -> None:
    assert answers_from(to_json(FULL)) == FULL
    assert answers_from({"who": {"country": "KE"}}).who == Who(country="KE")
    assert answers_from(None) == Answers()


def test_only_the_mail_that_was_asked_about_is_confirmed() -> None:
    who = registering.confirmed(DRAFT, "w@example.org").answers.who
    assert who is not None
    assert who.is_confirmed
    assert registering.confirmed(DRAFT, "other@example.org") == DRAFT
