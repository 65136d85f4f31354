"""A node is left alone in its quiet hours; what its records do not say is taken from its defaults."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalogue.defaults import Defaults
from catalogue.errors import HarvestingPaused, RunLost
from catalogue.lives import life_of, seek
from catalogue.record import from_json
from catalogue.run import HarvestRun, RunKind, Standing
from catalogue.settings import load_settings
from catalogue.steering import acts, sources
from catalogue.steering.hand import Hand
from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery
from factories import add_source
from remote_node import RemoteNode, dublin_core

Harvest = Callable[..., HarvestRun]
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def around(moment: datetime) -> str:
    """Quiet hours from an hour before until two hours after."""
    return f"{moment - timedelta(hours=1):%H:%M}-{moment + timedelta(hours=2):%H:%M}"


def test_no_run_is_taken_up_in_quiet_hours_and_one_in_hand_waits(store: Store) -> None:
    moment = datetime.now(UTC)
    later = moment + timedelta(hours=3)
    add_source(store, "nile", quiet_hours=around(moment))
    hand = Hand(store, load_settings(), "ami")
    run = acts.harvest(hand, "nile")
    assert store.runs.due(moment) == []
    with pytest.raises(RunLost, match="paused"):
        store.runs.claim(run.id, "here:1:a", moment)
    assert [one.id for one in store.runs.due(later)] == [run.id]
    claimed = store.runs.claim(run.id, "here:1:a", later)
    assert store.runs.standing(claimed, later) is Standing.HELD
    assert store.runs.standing(claimed, moment) is Standing.PAUSED
    sources.change_settings(hand, "nile", {"quiet_hours": ""})
    assert store.runs.standing(claimed, moment) is Standing.HELD
    acts.cancel(hand, run.id)
    sources.change_settings(hand, "nile", {"quiet_hours": around(moment)})
    remap = acts.remap(hand, "nile")  # asks the node nothing
    assert [one.id for one in store.runs.due(moment)] == [remap.id]


def test_the_command_line_leaves_a_node_alone_too(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(3)
    register(sqlite_store, remote, quiet_hours=around(datetime.now(UTC)), time_zone="Etc/UTC")
    with pytest.raises(HarvestingPaused, match=r"not to be asked between .* \(Etc/UTC\): not before"):
        harvest(sqlite_store)
    assert remote.asked == []


def test_what_a_record_does_not_say_comes_from_the_defaults_and_goes_with_them(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    told = dublin_core("Told", language="ar", rights="Mine", coverage="Sudan")
    remote.put(("bare", dublin_core("Bare")), ("told", told))
    register(store, remote, defaults=Defaults("fr", LICENCE, "KE"))

    def found() -> dict[str, tuple[Any, str]]:
        rows = store.records.of_source("nile")
        neutral = store.records.neutral([row.id for row in rows])
        return {row.source_identifier: (from_json(neutral[row.id]), row.repairs) for row in rows}

    harvest(store)
    bare, marks = found()["bare"]
    assert (bare.languages, bare.rights[0].url, bare.places[0].default) == (("fr",), LICENCE, "Kenya")
    assert marks == "default.language default.licence default.country"
    said, marks = found()["told"]
    assert (said.languages, said.rights[0].text.default, marks) == (("ar",), "Mine", "")
    life = life_of(store, seek(store, load_settings().repository_identifier, "bare").candidates[0])
    assert (life.added, life.events[-1].added, life.events[-1].repairs) == (
        ("language", "licence", "country"),
        ("language", "licence", "country"),
        (),
    )
    native = store.feed.entries(FeedQuery("oai_dc"), after=None, limit=9)
    assert {LICENCE.encode() in (one.body or b"") for one in native} == {False}  # as the node sent it

    sources.change_settings(Hand(store, load_settings(), "ami"), "nile", {"defaults": "language=es"})
    harvest(store, kind=RunKind.REMAP)
    bare, marks = found()["bare"]
    assert (bare.languages, bare.rights, bare.places, marks) == (("es",), (), (), "default.language")
