"""What a complete list lacks, what guards hold back, and what becomes of the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catalogue.deciding import decide
from catalogue.errors import QuestionClosed, RunAlreadyOpen, RunLost
from catalogue.question import Answer, QuestionState, Topic
from catalogue.run import Ending, HarvestRun, RunKind, Tally
from catalogue.settings import Settings
from catalogue.source import Protocol, Source, SourceState, is_another_list
from catalogue.steering.hand import Hand
from catalogue.steering.sources import change_settings
from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery
from factories import now
from harvester import deletions
from harvester.inline import work_now
from remote_node import FOREIGN, Entry, RemoteNode, dublin_core, iso19139, oai_error, status, then

Harvest = Callable[..., HarvestRun]


@pytest.fixture
def lenient(lenient: Settings) -> Settings:
    """No day has to pass between two lists."""
    return lenient.model_copy(update={"absence_days": 0.0})


@pytest.fixture
def forgetful(remote: RemoteNode) -> RemoteNode:
    """A node of forty records that keeps no track of what it deletes."""
    remote.deleted_record = "no"
    remote.fill(40)
    return remote


def live(store: Store) -> set[str]:
    return {row.source_identifier for row in store.records.of_source("nile", limit=10_000)}


def told_as_deleted(store: Store) -> set[str]:
    entries = store.feed.entries(FeedQuery("oai_dc"), after=None, limit=10_000)
    return {entry.source_identifier for entry in entries if entry.body is None}


def lose(node: RemoteNode, *numbers: int) -> set[str]:
    names = {f"r{n:04}" for n in numbers}
    for name in names:
        del node.records[name]
    return names


def events(store: Store, run: HarvestRun) -> list[str]:
    return [event.event for event in store.runs.events(run.id)]


def test_what_two_complete_lists_lack_is_deleted_and_comes_back_when_it_is_listed_again(
    store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(store, forgetful)
    assert harvest(store).checkpoint.known == 0
    gone = lose(forgetful, 3, 17)
    first = harvest(store, full=True)
    assert (first.ending, first.tally) == (Ending.NOTHING_NEW, Tally(listed=38, unchanged=38))
    assert len(live(store)) == 40
    second = harvest(store, full=True)
    assert (second.ending, second.tally) == (Ending.COMPLETE, Tally(listed=38, unchanged=38, absent=2))
    assert told_as_deleted(store) == gone == {f"r{n:04}" for n in range(40)} - live(store)

    forgetful.put(("r0003", dublin_core("Record 3 of r")))
    third = harvest(store, full=True)
    assert third.tally == Tally(listed=39, new=1, unchanged=38)
    assert told_as_deleted(store) == {"r0017"}


def test_days_must_pass_too_where_they_are_asked_for(
    sqlite_store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    register(sqlite_store, forgetful, guards={"absence_days": 0.5})
    harvest(sqlite_store)
    lose(forgetful, 1)
    for _ in range(4):
        assert harvest(sqlite_store, full=True).tally.absent == 0
    row = sqlite_store.history.find(["oai:clearinghouse.localdomain:nile:r0001"], "")[0]
    absence = sqlite_store.history.absence(row.id)
    assert absence is not None
    assert absence[1] == 4
    sqlite_store.sources.change("nile", guards={})
    assert harvest(sqlite_store, full=True).tally.absent == 1


def test_what_a_race_hid_from_one_list_is_not_counted_on(
    sqlite_store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, forgetful)
    harvest(sqlite_store)
    for _ in range(3):  # hidden in every other list, never in two in a row
        hidden = forgetful.records.pop("r0005")
        harvest(sqlite_store, full=True)
        forgetful.records["r0005"] = hidden
        harvest(sqlite_store, full=True)
    assert len(live(sqlite_store)) == 40
    assert told_as_deleted(sqlite_store) == set()


def test_an_incremental_run_concludes_nothing_until_it_is_time_for_a_whole_list(
    sqlite_store: Store,
    forgetful: RemoteNode,
    register: Any,
    harvest: Harvest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(sqlite_store, forgetful)
    harvest(sqlite_store)
    lose(forgetful, 1)
    assert harvest(sqlite_store).kind is RunKind.INCREMENTAL
    sqlite_store.sources.change("nile", listed_at=now() - timedelta(days=6.9))
    assert harvest(sqlite_store).kind is RunKind.INCREMENTAL
    sqlite_store.sources.change("nile", listed_at=now() - timedelta(days=7.1))
    run = harvest(sqlite_store)
    assert (run.kind, run.tally.listed) == (RunKind.FULL, 39)
    assert events(sqlite_store, run) == ["reconcile"]
    assert "from" not in forgetful.listings[-4]
    assert harvest(sqlite_store).kind is RunKind.INCREMENTAL
    sqlite_store.sources.change("nile", guards={"reconcile_days": 0}, listed_at=None)
    assert harvest(sqlite_store).kind is RunKind.INCREMENTAL


def test_a_source_that_keeps_its_tombstones_is_asked_for_all_of_it_only_where_it_is_told_so(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(3)
    register(sqlite_store, remote)
    harvest(sqlite_store)
    sqlite_store.sources.change("nile", listed_at=now() - timedelta(days=1000))
    assert harvest(sqlite_store).kind is RunKind.INCREMENTAL
    sqlite_store.sources.change("nile", guards={"reconcile_days": 30})
    assert harvest(sqlite_store).kind is RunKind.FULL


INCOMPLETE: dict[str, Callable[[RemoteNode], None]] = {
    "shorter than it says": lambda node: setattr(node, "boast", 2),
    "a page that nobody can name": lambda node: node.records.update({"": Entry(dublin_core("Nameless"))}),
}


@pytest.mark.parametrize("spoil", INCOMPLETE.values(), ids=INCOMPLETE.keys())
def test_from_a_list_that_is_not_complete_nothing_is_concluded(
    sqlite_store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest, spoil: Any
) -> None:
    register(sqlite_store, forgetful)
    harvest(sqlite_store)
    lose(forgetful, *range(30))
    forgetful.page_size = 5
    spoil(forgetful)
    for _ in range(3):
        run = harvest(sqlite_store, full=True)
        assert run.tally.absent == 0
        assert "list-not-complete" in events(sqlite_store, run)
    assert {f"r{n:04}" for n in range(40)} <= live(sqlite_store)
    assert sqlite_store.questions.newest() == []


def test_records_listed_twice_do_not_make_a_short_list_long(
    sqlite_store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest
) -> None:
    """Half a page comes again in the place of others; the numbers agree, the records do not."""
    register(sqlite_store, forgetful)
    harvest(sqlite_store)

    def again(handler: Any) -> bool:
        handler.send(200, re.sub(rb"r002([5-9])", rb"r001\1", handler.content))
        return True

    forgetful.mishaps = {len(forgetful.asked) + 5: again}
    run = harvest(sqlite_store, full=True)
    assert run.tally.listed == run.checkpoint.complete_list_size == 40
    assert events(sqlite_store, run) == ["list-not-complete"]
    assert len(live(sqlite_store)) == 40


def test_what_is_listed_but_cannot_be_read_is_not_gone(
    sqlite_store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, forgetful)
    harvest(sqlite_store)
    forgetful.put(("r0007", FOREIGN))
    for _ in range(3):
        assert harvest(sqlite_store, full=True).tally == Tally(listed=40, unchanged=39, faulty=1)
    assert "r0007" in live(sqlite_store)


def test_a_run_deletes_nothing_that_it_could_not_have_listed(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.deleted_record = "no"
    for n in range(40):
        remote.records[f"r{n:04}"] = Entry(
            dublin_core(f"Record {n}"), sets=("even" if n % 2 == 0 else "odd",)
        )
    register(sqlite_store, remote)
    harvest(sqlite_store)
    sqlite_store.sources.change("nile", sets=["even"])
    for _ in range(3):
        assert harvest(sqlite_store, full=True).tally == Tally(listed=20, unchanged=20)
    assert len(live(sqlite_store)) == 40
    lose(remote, 2, 3)
    for _ in range(2):
        run = harvest(sqlite_store, full=True)
    assert run.tally.absent == 1
    assert told_as_deleted(sqlite_store) == {"r0002"}


def test_other_sets_in_the_middle_of_a_list_spoil_it(
    sqlite_store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, forgetful)
    harvest(sqlite_store)
    lose(forgetful, 1)
    harvest(sqlite_store, full=True)
    stopped: list[int] = []
    left = harvest(
        sqlite_store,
        full=True,
        on_page=lambda run: stopped.append(run.checkpoint.pages),
        should_stop=lambda: max(stopped, default=0) >= 2,
    )
    sqlite_store.sources.change("nile", sets=["even"])
    run = harvest(sqlite_store, full=True)
    assert run.id == left.id
    assert events(sqlite_store, run) == ["list-not-complete"]
    assert told_as_deleted(sqlite_store) == set()


def test_an_outage_is_held_and_forgotten_once_it_is_over(
    store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(store, forgetful, title="Nile Centre")
    harvest(store)
    forgetful.put(("new", dublin_core("New")))
    kept = dict(forgetful.records)
    lose(forgetful, *range(30))
    run = harvest(store, full=True)
    words = "Nile Centre listed 11 records where 40 were known. Delete the other 30?"
    assert (run.ending, run.message) == (Ending.HELD, words)
    assert run.tally == Tally(listed=11, new=1, unchanged=10)
    [question] = store.questions.newest()
    assert (question.topic, question.run_id, question.words("Nile Centre")) == (
        Topic.DELETIONS,
        run.id,
        words,
    )
    assert question.facts["examples"][0] == "r0000: Record 0 of r"
    assert len(live(store)) == 41

    # What is safe goes on meanwhile; the next whole list asks the same question again.
    forgetful.put(("newer", dublin_core("Newer")), at="2026-06-01T00:00:00Z")
    store.sources.change("nile", harvested_until="2026-05-01T00:00:00Z")
    safe = harvest(store)
    assert (safe.kind, safe.ending, safe.tally) == (RunKind.INCREMENTAL, Ending.COMPLETE, Tally(1, new=1))
    again = harvest(store, full=True)
    assert again.ending is Ending.HELD
    assert [(one.id, one.run_id) for one in store.questions.newest()] == [(question.id, again.id)]
    assert told_as_deleted(store) == set()

    forgetful.records |= kept
    assert harvest(store, full=True).ending is Ending.NOTHING_NEW
    assert store.questions.newest() == []
    assert store.questions.get(question.id).state is QuestionState.SETTLED
    assert not store.withheld.any_of("nile")


def test_a_source_that_lists_nothing_more_is_held(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.deleted_record = "no"
    remote.fill(4)
    register(sqlite_store, remote)
    harvest(sqlite_store)
    remote.records.clear()
    for _ in range(3):
        run = harvest(sqlite_store, full=True)
    assert (run.ending, run.message) == (
        Ending.HELD,
        "A small node listed nothing where 4 records were known. Delete all 4?",
    )
    assert len(live(sqlite_store)) == 4


def test_growth_never_holds(
    sqlite_store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, forgetful)
    harvest(sqlite_store)
    forgetful.fill(400, "more")
    assert harvest(sqlite_store, full=True).ending is Ending.COMPLETE


def storm(node: RemoteNode, count: int) -> set[str]:
    """The node says that so many of its records are deleted."""
    names = {f"r{n:04}" for n in range(count)}
    node.put(*((name, None) for name in names), at="2026-06-01T00:00:00Z")
    return names


def harvest_storm(store: Store, node: RemoteNode, register: Any, harvest: Harvest) -> HarvestRun:
    """Forty records, of which thirty are told as deleted in the next incremental run."""
    node.fill(40)
    node.now = "2026-05-01T00:00:00Z"
    register(store, node)
    harvest(store)
    storm(node, 30)
    node.put(("new", dublin_core("New")), at="2026-06-01T00:00:00Z")
    node.now = ""
    return harvest(store)


def test_of_a_storm_of_tombstones_none_is_told_before_a_person_has_looked(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    run = harvest_storm(store, remote, register, harvest)
    assert (run.kind, run.ending) == (RunKind.INCREMENTAL, Ending.HELD)
    assert run.message == "A small node says that 30 of its 40 records are deleted. Delete them?"
    assert run.tally == Tally(listed=31, new=1, skipped=30)
    assert told_as_deleted(store) == set()
    assert store.sources.get("nile").harvested_until

    [question] = store.questions.newest()
    answered, opened = decide(
        store, lenient, question.id, Answer.APPLY, decided_by="Amina", why="They moved to the archive."
    )
    assert opened is not None
    done = work_now(store, lenient, "nile", RunKind.ANSWER)
    assert (done.id, done.ending, done.tally) == (opened.id, Ending.COMPLETE, Tally(listed=30, deleted=30))
    assert told_as_deleted(store) == {f"r{n:04}" for n in range(30)}
    assert answered.state is QuestionState.ANSWERED
    assert [(d.answer, d.decided_by, d.why) for d in answered.decisions] == [
        (Answer.APPLY, "Amina", "They moved to the archive.")
    ]
    with pytest.raises(QuestionClosed):
        decide(store, lenient, question.id, Answer.KEEP, decided_by="Amina", why="Or not")


def test_what_is_kept_is_not_asked_about_again_until_the_decision_expires(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    harvest_storm(store, remote, register, harvest)
    [question] = store.questions.newest()
    answered, opened = decide(store, lenient, question.id, Answer.KEEP, decided_by="Amina", why="A mistake")
    assert opened is None
    assert answered.decisions[0].expires_at is not None
    for _ in range(2):
        run = harvest(store, full=True)
        assert (run.ending, run.tally) == (Ending.NOTHING_NEW, Tally(listed=41, unchanged=11, skipped=30))
    assert told_as_deleted(store) == set()
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE withheld SET kept_until = '2026-01-01 00:00:00'")
    assert harvest(store, full=True).ending is Ending.HELD


def test_a_letter_to_the_node_leaves_the_question_open(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    harvest_storm(sqlite_store, remote, register, harvest)
    [question] = sqlite_store.questions.newest()
    asked, opened = decide(
        sqlite_store, lenient, question.id, Answer.ASK, decided_by="Amina", why="Looks like a mistake"
    )
    assert opened is None
    assert asked.state is QuestionState.OPEN
    assert remote.url in asked.decisions[0].letter
    assert "A small node says that 30 of its 40 records are deleted." in asked.decisions[0].letter
    assert "  r0000: Record 0 of r" in asked.decisions[0].letter
    decide(sqlite_store, lenient, question.id, Answer.KEEP, decided_by="Amina", why="They said so")
    assert [d.answer for d in sqlite_store.questions.get(question.id).decisions] == [Answer.ASK, Answer.KEEP]


def test_nothing_is_decided_while_the_source_is_worked_on(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    harvest_storm(sqlite_store, remote, register, harvest)
    [question] = sqlite_store.questions.newest()
    sqlite_store.runs.open("nile", RunKind.INCREMENTAL, now())
    with pytest.raises(RunAlreadyOpen):
        decide(sqlite_store, lenient, question.id, Answer.APPLY, decided_by="Amina", why="So it is")
    assert sqlite_store.questions.get(question.id).state is QuestionState.OPEN


def test_a_run_whose_answer_was_never_written_down_does_nothing(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    harvest_storm(sqlite_store, remote, register, harvest)
    [question] = sqlite_store.questions.newest()
    sqlite_store.runs.open("nile", RunKind.ANSWER, now(), position={"question": question.id})
    assert work_now(sqlite_store, lenient, "nile", RunKind.ANSWER).ending is Ending.CANCELLED
    assert told_as_deleted(sqlite_store) == set()


def test_a_record_that_is_listed_again_is_not_deleted_by_an_answer(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    harvest_storm(sqlite_store, remote, register, harvest)
    remote.put(("r0004", dublin_core("Record 4 of r")), at="2027-06-01T00:00:00Z")
    assert harvest(sqlite_store).tally == Tally(listed=1, unchanged=1)
    [question] = sqlite_store.questions.newest()
    decide(sqlite_store, lenient, question.id, Answer.APPLY, decided_by="Amina", why="Yes")
    assert work_now(sqlite_store, lenient, "nile", RunKind.ANSWER).tally.deleted == 29
    assert "r0004" in live(sqlite_store)


def test_few_tombstones_pass_and_the_question_stays_as_it_is(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    harvest_storm(sqlite_store, remote, register, harvest)
    remote.put(("r0039", None), at="2027-06-01T00:00:00Z")
    run = harvest(sqlite_store)
    assert (run.ending, run.tally) == (Ending.COMPLETE, Tally(listed=1, deleted=1))
    assert told_as_deleted(sqlite_store) == {"r0039"}
    [question] = sqlite_store.questions.newest()
    assert question.facts["gone"] == 30


def test_a_list_that_fails_half_way_has_deleted_nothing_and_the_next_one_does(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(40)
    register(sqlite_store, remote)
    harvest(sqlite_store)
    storm(remote, 3)
    remote.put(*((f"x{n:02}", dublin_core(f"X {n}")) for n in range(20)), at="2026-07-01T00:00:00Z")
    remote.mishaps[len(remote.asked) + 6] = status(404)
    failed = harvest(sqlite_store, full=True)
    assert failed.ending is Ending.FAILED
    assert told_as_deleted(sqlite_store) == set()
    run = harvest(sqlite_store, full=True)
    assert (run.ending, run.tally.deleted) == (Ending.COMPLETE, 3)
    assert told_as_deleted(sqlite_store) == {"r0000", "r0001", "r0002"}


def test_a_list_that_is_begun_again_counts_a_tombstone_once(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(40)
    register(sqlite_store, remote)
    harvest(sqlite_store)
    for n in range(3):
        remote.records[f"r{n:04}"] = Entry(None)
    remote.mishaps[len(remote.asked) + 5] = oai_error("badResumptionToken")
    run = harvest(sqlite_store, full=True)
    assert run.checkpoint.position["cuts"] == 1
    assert (run.tally.deleted, run.tally.balanced) == (3, True)


def test_a_record_that_comes_back_within_the_list_is_not_deleted(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(40)
    register(sqlite_store, remote)
    harvest(sqlite_store)
    remote.records["r0001"] = Entry(None)

    def back() -> None:
        remote.put(("r0001", dublin_core("Record 1 of r")), at="2026-09-01T00:00:00Z")

    remote.mishaps[len(remote.asked) + 4] = then(back)
    run = harvest(sqlite_store, full=True)
    assert (run.tally.deleted, run.tally.balanced, run.ending) == (0, True, Ending.NOTHING_NEW)
    assert told_as_deleted(sqlite_store) == set()


def test_new_identifiers_for_everything_are_recognised(
    sqlite_store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, forgetful)
    harvest(sqlite_store)
    forgetful.records = {f"uuid-{name}": entry for name, entry in forgetful.records.items()}
    run = harvest(sqlite_store, full=True)
    assert (run.ending, run.tally.new) == (Ending.HELD, 40)
    assert run.message == (
        "A small node seems to have given its records new identifiers: 40 of the 40 that are gone have the"
        " titles of new ones. Delete the 40 under their old identifiers?"
    )


def languages(title: str, *, french: bool) -> bytes:
    more = f'<dc:description xml:lang="fr">Sur {title}</dc:description>' if french else ""
    payload = dublin_core(title, creator="Somebody")
    return payload.replace(b"</oai_dc:dc>", more.encode() + b"</oai_dc:dc>")


@pytest.fixture
def bilingual(remote: RemoteNode, register: Any, harvest: Harvest, sqlite_store: Store) -> RemoteNode:
    """A node whose twenty records have a French abstract; they have been harvested."""
    remote.put(*((f"r{n:02}", languages(f"Record {n}", french=True)) for n in range(20)))
    register(sqlite_store, remote)
    harvest(sqlite_store)
    remote.put(*((f"r{n:02}", languages(f"Record {n}", french=False)) for n in range(20)), at="2027-01-01")
    return remote


def french(store: Store) -> int:
    rows = store.records.of_source("nile")
    return sum(b"Sur Record" in body for body in store.records.neutral([row.id for row in rows]).values())


def test_a_language_that_would_be_lost_everywhere_is_held_back(
    sqlite_store: Store, bilingual: RemoteNode, harvest: Harvest, lenient: Settings
) -> None:
    run = harvest(sqlite_store, full=True)
    assert (run.ending, run.tally) == (Ending.HELD, Tally(listed=20, skipped=20))
    assert run.message == (
        "20 of 20 records of A small node would lose what they had: texts in fr (20), the abstract (20)."
        " Take them as they are listed now?"
    )
    assert french(sqlite_store) == 20
    again = harvest(sqlite_store, full=True)
    assert (again.ending, again.tally) == (Ending.NOTHING_NEW, Tally(listed=20, skipped=20))
    [question] = sqlite_store.questions.newest()
    decide(sqlite_store, lenient, question.id, Answer.APPLY, decided_by="Amina", why="French is dropped")
    done = work_now(sqlite_store, lenient, "nile", RunKind.ANSWER)
    assert (done.ending, done.tally) == (Ending.COMPLETE, Tally(listed=20, changed=20))
    assert french(sqlite_store) == 0
    assert harvest(sqlite_store, full=True).tally == Tally(listed=20, unchanged=20)


def test_what_is_kept_against_a_loss_stays_until_the_node_lists_something_else(
    sqlite_store: Store, bilingual: RemoteNode, harvest: Harvest, lenient: Settings
) -> None:
    harvest(sqlite_store, full=True)
    [question] = sqlite_store.questions.newest()
    decide(sqlite_store, lenient, question.id, Answer.KEEP, decided_by="Amina", why="They will mend it")
    for _ in range(3):
        assert harvest(sqlite_store, full=True).tally == Tally(listed=20, unchanged=20)
    assert (french(sqlite_store), sqlite_store.questions.newest()) == (20, [])
    bilingual.put(("r00", languages("Mended", french=True)), at="2027-02-01")
    assert harvest(sqlite_store, full=True).tally == Tally(listed=20, changed=1, unchanged=19)


def test_a_few_losses_are_taken_at_the_end_of_the_list(
    sqlite_store: Store, bilingual: RemoteNode, harvest: Harvest
) -> None:
    for n in range(4, 20):
        bilingual.put((f"r{n:02}", languages(f"Record {n}", french=True)))
    run = harvest(sqlite_store, full=True)
    assert (run.ending, run.tally) == (Ending.COMPLETE, Tally(listed=20, changed=4, unchanged=16))
    assert french(sqlite_store) == 16
    assert not sqlite_store.withheld.any_of("nile")


def test_what_was_repaired_and_waited_is_marked_so(
    sqlite_store: Store, bilingual: RemoteNode, harvest: Harvest
) -> None:
    def broken(handler: Any) -> bool:
        handler.send(200, handler.content.replace(b"Mended", b"Men\x0bded"))
        return True

    bilingual.put(*((f"r{n:02}", languages(f"Record {n}", french=True)) for n in range(20)))
    bilingual.put(("r04", languages("Mended", french=False)))
    bilingual.mishaps = {len(bilingual.asked) + 3: broken}
    assert harvest(sqlite_store, full=True).tally == Tally(listed=20, changed=1, unchanged=19)
    rows = sqlite_store.records.of_source("nile")
    assert {row.source_identifier: row.repairs for row in rows if row.repairs} == {
        "r04": "illegal-characters"
    }


def test_a_jump_of_faults_is_asked_about_and_what_is_accepted_is_remembered(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    remote.fill(40)
    register(sqlite_store, remote)
    harvest(sqlite_store)
    remote.put(*((f"r{n:04}", FOREIGN) for n in range(20)))
    run = harvest(sqlite_store, full=True)
    assert (run.ending, run.tally) == (Ending.HELD, Tally(listed=40, unchanged=20, faulty=20))
    assert run.message == (
        "20 of 40 records that A small node listed could not be taken, where 0.0% is usual."
        " Their earlier versions stay. Is that as it should be?"
    )
    assert len(live(sqlite_store)) == 40
    [question] = sqlite_store.questions.newest()
    _, opened = decide(sqlite_store, lenient, question.id, Answer.KEEP, decided_by="Amina", why="Known")
    assert opened is None
    assert harvest(sqlite_store, full=True).ending is Ending.COMPLETE_WITH_FAULTS
    remote.put(*((f"r{n:04}", FOREIGN) for n in range(40)))
    assert harvest(sqlite_store, full=True).ending is Ending.HELD


def test_a_first_harvest_full_of_faults_is_no_jump(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.put(*((f"r{n:04}", FOREIGN) for n in range(20)))
    register(sqlite_store, remote)
    assert harvest(sqlite_store).ending is Ending.COMPLETE_WITH_FAULTS


def test_killed_at_its_end_a_run_goes_on_with_what_was_decided(
    sqlite_store: Store,
    forgetful: RemoteNode,
    register: Any,
    harvest: Harvest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("harvester.withholding.PAGE", 1)
    register(sqlite_store, forgetful)
    harvest(sqlite_store)
    lose(forgetful, 1, 2, 3)
    harvest(sqlite_store, full=True)

    class Killed(BaseException):
        pass

    def kill(run: HarvestRun) -> None:
        if run.tally.absent == 1:
            raise Killed

    with pytest.raises(Killed):
        harvest(sqlite_store, full=True, on_page=kill)
    assert len(told_as_deleted(sqlite_store)) == 1
    forgetful.fill(40)  # what has been read has been read
    run = harvest(sqlite_store, full=True)
    assert (run.attempt, run.tally.absent, run.ending) == (2, 3, Ending.COMPLETE)
    assert len(told_as_deleted(sqlite_store)) == 3


def test_removing_a_source_closes_its_questions_and_forgets_what_waits(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    harvest_storm(sqlite_store, remote, register, harvest)
    sqlite_store.sources.change("nile", state=SourceState.RETIRED)
    work_now(sqlite_store, lenient, "nile", RunKind.RETIRE)
    assert sqlite_store.questions.newest() == []
    assert not sqlite_store.withheld.any_of("nile")
    assert live(sqlite_store) == set()


def test_the_shortfall_that_is_let_pass_is_small() -> None:
    assert deletions._SHORTFALL <= 0.02


def test_an_iso_record_that_loses_its_contacts_is_noticed() -> None:
    from harvester.differences import losses
    from harvester.mapping.registry import read

    _, whole = read(iso19139("A title", "id-1"))
    _, poor = read(dublin_core("A title"))
    assert "the abstract" in losses(whole, poor)
    assert losses(poor, whole) == []


def test_a_run_that_was_cancelled_at_its_judgement_writes_no_more(
    sqlite_store: Store, forgetful: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, forgetful)
    harvest(sqlite_store)
    lose(forgetful, *range(30))
    run = sqlite_store.runs.open("nile", RunKind.FULL, now(), worker="test:1:a")
    sqlite_store.runs.cancel(run.id, now())
    from catalogue.store.work.sweeps import Grace, Verdict

    with pytest.raises(RunLost):
        sqlite_store.sweeps.judge(run, Verdict(complete=True), Grace(1, now()), now())
    assert not sqlite_store.withheld.any_of("nile")


@pytest.mark.parametrize(
    ("more", "kind"), [({"sets": "even odd"}, RunKind.FULL), ({"title": "Other"}, RunKind.INCREMENTAL)]
)
def test_what_a_further_set_held_before_is_not_missed(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    lenient: Settings,
    more: dict[str, str],
    kind: RunKind,
) -> None:
    """Also of a source that keeps its tombstones, and so is never asked for all of it by itself."""
    remote.now = "2026-05-01T00:00:00Z"
    for n in range(40):
        remote.records[f"r{n:04}"] = Entry(dublin_core(f"Record {n}"), sets=(("even", "odd")[n % 2],))
    register(sqlite_store, remote, sets=("even",))
    harvest(sqlite_store)
    change_settings(Hand(sqlite_store, lenient, "Amina"), "nile", more)
    run = harvest(sqlite_store)
    assert run.kind is kind
    assert len(live(sqlite_store)) == (40 if kind is RunKind.FULL else 20)


def test_a_set_that_is_added_during_a_harvest_is_listed_by_the_next(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    for n in range(40):
        remote.records[f"r{n:04}"] = Entry(dublin_core(f"Record {n}"), sets=(("even", "odd")[n % 2],))
    register(sqlite_store, remote, sets=("even",))

    def add(run: HarvestRun) -> None:
        if run.checkpoint.pages == 1:
            change_settings(Hand(sqlite_store, lenient, "Amina"), "nile", {"sets": "even odd"})

    harvest(sqlite_store, on_page=add)
    assert harvest(sqlite_store).kind is RunKind.FULL
    assert len(live(sqlite_store)) == 40
    assert harvest(sqlite_store).kind is RunKind.INCREMENTAL


@pytest.mark.parametrize(
    ("change", "another"),
    [
        ({"base_url": "https://x.example.org/oai"}, False),
        ({"base_url": "http://x.example.org/oai2"}, True),
        ({"base_url": "http://y.example.org/oai"}, True),
        ({"sets": ("b", "a")}, False),
        ({"sets": ("a",)}, True),
        ({"metadata_prefix": "mods"}, True),
        ({"title": "Other"}, False),
    ],
)
def test_what_makes_another_list(change: dict[str, Any], another: bool) -> None:  # noqa: FBT001
    before = Source(
        "nile", Protocol.OAI_PMH, "http://x.example.org/oai", metadata_prefix="oai_dc", sets=("a", "b")
    )
    assert is_another_list(before, replace(before, **change)) is another
