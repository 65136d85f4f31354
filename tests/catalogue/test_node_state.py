from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.node_state import Facts, NodeState, state_of
from catalogue.run import Ending, RunState
from catalogue.source import SourceState

FACTS = st.builds(
    Facts,
    st.sampled_from(SourceState),
    st.none() | st.sampled_from((RunState.QUEUED, RunState.RUNNING, RunState.RETRY)),
    st.integers(0, 3),
    st.none() | st.sampled_from(Ending),
    st.booleans(),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (Facts(), "due"),
        (Facts(last=Ending.COMPLETE), "up to date"),
        (Facts(last=Ending.COMPLETE_WITH_FAULTS), "up to date"),
        (Facts(last=Ending.COMPLETE, owed=True), "due"),
        (Facts(last=Ending.FAILED), "failing"),
        (Facts(last=Ending.INTERRUPTED, owed=True), "failing"),
        (Facts(last=Ending.FAILED, current=RunState.QUEUED), "due"),
        (Facts(last=Ending.HELD, questions=1), "held"),
        (Facts(last=Ending.HELD, questions=1, current=RunState.QUEUED), "held"),
        (Facts(last=Ending.HELD), "up to date"),
        (Facts(last=Ending.FAILED, questions=1, current=RunState.RUNNING), "running"),
        (Facts(current=RunState.RETRY), "waiting for node"),
        (Facts(current=RunState.QUEUED, quiet=True), "quiet hours"),
        (Facts(current=RunState.RETRY, quiet=True), "quiet hours"),
        (Facts(last=Ending.COMPLETE, owed=True, quiet=True), "quiet hours"),
        (Facts(last=Ending.COMPLETE, quiet=True), "up to date"),
        (Facts(current=RunState.RUNNING, quiet=True), "running"),
        (Facts(current=RunState.QUEUED, questions=1, quiet=True), "held"),
        (Facts(last=Ending.FAILED, owed=True, quiet=True), "failing"),
        (Facts(quiet=True), "due"),
        (Facts(SourceState.SUSPENDED, RunState.RUNNING, 1, Ending.FAILED), "paused"),
        (Facts(SourceState.RETIRED, RunState.RUNNING, 1, Ending.FAILED), "retired"),
    ],
)
def test_the_rule(facts: Facts, word: str) -> None:
    assert state_of(facts) == word


@given(FACTS)
def test_every_node_has_one_word_and_up_to_date_is_never_said_in_vain(facts: Facts) -> None:
    word = state_of(facts)
    assert word in NodeState
    if word is NodeState.UP_TO_DATE:
        assert facts.source is SourceState.ACTIVE
        assert facts.last not in {None, Ending.FAILED, Ending.INTERRUPTED}
        assert (facts.current, facts.questions, facts.owed) == (None, 0, False)
