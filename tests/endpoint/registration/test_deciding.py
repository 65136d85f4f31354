"""What approvers do with registrations, on pages, by the API and by the command line; and what follows."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import requests
from typer.testing import CliRunner

from catalogue.people import Action, Role
from catalogue.registration import EventKind, RegistrationState
from catalogue.store import Store
from catalogue.trial import Duplicate, Likeness, Trial, TrialFault
from clearinghouse.cli import app
from factories import add_source
from registration_desk import Visitor, letters, made_report, sent, serving, sign_in, tried
from signing_in import add_node, add_person, token_of

URL = "https://repository.example.ke/oai"
TO = "wanjiru@example.org"


def decide(approver: Visitor, number: int, what: str, **values: str) -> Visitor:
    approver.go(f"/dashboard/registrations/{number}")
    approver.send(f"//form[contains(@action, '/{what}')]", **values)
    return approver


def test_changes_are_asked_made_and_tried_again_in_the_registrants_language(sqlite_store: Store) -> None:
    store = sqlite_store
    with serving(store) as (at, _):
        visitor = Visitor(at, "fr")
        number = sent(visitor, store, made_report(URL))
        tried(store, number)
        approver = decide(
            sign_in(Visitor(at), store, Role.APPROVER), number, "ask", ready="0", reason="Écrivez à x@y.org"
        )
        assert "The letter, in its language: Français" in approver.text()
        letter = letters(store, TO)[-1]
        assert (letter.language, "Veuillez corriger ce que le bilan" in letter.text) == ("fr", True)
        assert "Écrivez à x@y.org" in letter.text
        link = re.search(r"/registrations/[\w-]+", letter.text)
        assert link is not None
        visitor.go(link[0])
        assert "Veuillez corriger ce que le bilan appelle un problème" in visitor.text()
        visitor.go(f"{link[0]}/what")
        visitor.send(which="some", set=["waste"])
        visitor.go(f"{link[0]}/when")
        visitor.send(rhythm="pinged")
        visitor.go(f"{link[0]}/send")
        visitor.send(consent="1")
        one = store.registrations.get(number)
        assert (one.state, one.trial) == (RegistrationState.RECEIVED, None)
        tried(store, number)
        decide(approver, number, "accept", ready="0", source_id="lake", where="")
        lake = store.sources.get("lake")
        assert (lake.sets, lake.schedule) == (("waste",), "")
        secret = re.search(r"/ping/(\S+)", letters(store, TO)[-1].text)
        assert secret is not None
        assert store.pings.find(secret[1]).source_id == "lake"


def test_a_decision_needs_a_reason_and_the_reason_no_mail(sqlite_store: Store) -> None:
    with serving(sqlite_store) as (at, _):
        number = sent(Visitor(at), sqlite_store, made_report(URL))
        approver = sign_in(Visitor(at), sqlite_store, Role.APPROVER)
        approver.go(f"/dashboard/registrations/{number}")
        assert approver.page.xpath("//form[contains(@action, '/accept')]") == []  # not tried yet
        tried(sqlite_store, number)
        for what in ("accept", "ask", "refuse"):
            assert decide(approver, number, what).wrong == ["Choose a reason, or write one."]
        for what in ("accept", "refuse"):
            decide(approver, number, what, reason="Ask sara@example.org.")
            assert approver.wrong == ["The reason is public: leave mail addresses out of it."]
            assert "Ask sara@example.org." in approver.text()  # nothing has to be typed again
        add_source(sqlite_store, "lake")
        decide(approver, number, "accept", ready="0", source_id="lake")
        assert approver.wrong == ["There is a source of this id already."]
        decide(approver, number, "accept", ready="0", source_id="../x")
        assert approver.wrong == ["An id has 1 to 64 small letters, digits and inner hyphens."]
        decide(approver, number, "accept", ready="0", source_id="sea", where="node:gone")
        assert approver.wrong == ["This node is not there any more."]
        assert sqlite_store.organisations.all() == []
        assert sqlite_store.registrations.get(number).state is RegistrationState.TRIAL_DONE
        decide(approver, number, "refuse", ready="1", reason="It comes by the sea.")
        assert decide_is_gone(approver, number)
        page = approver.go("/decisions?lang=ar")
        assert "السجلات موجودة في الفهرس بالفعل عبر مصدر آخر." in page.text_content()
        assert "It comes by the sea." in page.text_content()


def decide_is_gone(approver: Visitor, number: int) -> bool:
    approver.go(f"/dashboard/registrations/{number}")
    return approver.page.xpath("//form[contains(@action, '/refuse')]") == []


def test_two_have_to_say_yes_where_the_setting_says_so(sqlite_store: Store) -> None:
    store = sqlite_store
    with serving(store, second_approver=True) as (at, _):
        number = sent(Visitor(at), store, made_report(URL))
        tried(store, number)
        first = decide(sign_in(Visitor(at), store, Role.APPROVER), number, "accept", ready="0")
        assert "It waits for a second person." in first.text()
        assert store.sources.all() == []
        first.go(f"/dashboard/registrations/{number}")
        assert first.page.xpath("//form[contains(@action, '/accept')]") == []
        amina = next(one for one in store.people.all() if one.mail == "amina@example.org")
        headers = {"Authorization": f"Bearer {token_of(store, amina, Action.DECIDE)}"}
        again = requests.post(
            f"{at}/api/registrations/{number}/accept",
            json={"reason": "Yes.", "source_id": "lake"},
            headers=headers,
            timeout=20,
        )
        assert again.status_code == 409  # nobody is two by a token of his own
        second = sign_in(Visitor(at), store, Role.APPROVER, mail="boris@example.org")
        decide(second, number, "accept", ready="0", source_id="lake")
        assert [one.id for one in store.sources.all()] == ["lake"]
        events = [(one.kind, one.by) for one in store.registrations.get(number).events[-2:]]
        assert events == [
            (EventKind.SECONDED, "amina@example.org"), (EventKind.ACCEPTED, "boris@example.org"),
        ]  # fmt: skip


def test_the_trial_is_shown_beside_the_sources_that_are_there(sqlite_store: Store) -> None:
    store, now = sqlite_store, datetime.now(UTC)
    add_source(store, "nile")
    add_node(store, "delta", "nile")
    add_source(store, "volta")
    likes = (
        Duplicate("nile", "The Nile", URL, Likeness.RECORDS, 7),
        Duplicate("volta", "The Volta", URL, Likeness.HOST),
        Duplicate("nile", "The Nile", URL, Likeness.ADDRESS),
    )
    fault = TrialFault("oai_dc.no-title", 2, "there is no title", ("oai:x:7",))
    trial = Trial(now, now, 9, 1, 6, 2, why="it is silent", faults=(fault,), duplicates=likes)
    with serving(store) as (at, _):
        number = sent(Visitor(at), store, made_report(URL))
        tried(store, number, trial)
        approver = sign_in(Visitor(at), store, Role.APPROVER)
        approver.go(f"/dashboard/registrations/{number}")
        said = approver.text()
        rows = approver.page.xpath("//section[@aria-labelledby='like']//tbody/tr/td[1]")
        assert [" ".join(row.text_content().split()) for row in rows] == [
            "the same address · the same records: 7", "the same host", "",
        ]  # fmt: skip
        for told in (
            "oai_dc.no-title",
            "there is no title",
            "it is silent",
        ):
            assert told in said
        decide(approver, number, "accept", ready="0", source_id="nile-2", where="node:delta")
        assert store.organisations.sources_of("delta") == ["nile", "nile-2"]
        assert [one.mail for one in store.people.managers_of("delta")] == [TO]
        approver.send("//form[contains(@action, '/answer')]", text="Good day.\nAll is well.")
        assert "All is well." in letters(store, TO)[-1].text


def test_programs_and_the_command_line_decide_by_the_same_rules(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, sqlite_url: str
) -> None:
    store = sqlite_store
    with serving(store) as (at, _):
        numbers = [sent(Visitor(at), store, made_report(f"{URL}?{n}")) for n in range(2)]
        for number in numbers:
            tried(store, number)
        token = token_of(store, add_person(store, Role.APPROVER), Action.DECIDE)
        api = requests.Session()
        api.headers["Authorization"] = f"Bearer {token}"
        where = f"{at}/api/registrations"
        rows = api.get(where, params={"state": "trial-done"}, timeout=20).json()["items"]
        assert [row["id"] for row in rows] == numbers[::-1]
        shown = api.get(f"{where}/{numbers[0]}", timeout=20).json()
        assert (shown["trial"]["taken"], shown["answers"]["who"]["country"]) == (8, "KE")
        told = api.post(f"{where}/{numbers[0]}/refuse", json={"reason": "x@y"}, timeout=20)
        assert told.status_code == 422
        answer = api.post(f"{where}/{numbers[0]}/refuse", json={"reason": "Not ours."}, timeout=20)
        assert (answer.status_code, answer.json()["state"]) == (200, "refused")
        assert api.post(f"{where}/{numbers[0]}/ask", json={"reason": "x"}, timeout=20).status_code == 409
        assert api.get(f"{where}/99", timeout=20).headers["Content-Type"] == "application/problem+json"
    monkeypatch.setenv("CLEARINGHOUSE_DATABASE_URL", sqlite_url)
    run = CliRunner()
    assert "R-00002" in run.invoke(app, ["registration", "list"]).output
    assert "8 taken" in run.invoke(app, ["registration", "show", "2"]).output
    assert run.invoke(app, ["registration", "accept", "2", "lake", "--why", "x@y"]).exit_code != 0
    done = run.invoke(app, ["registration", "accept", "2", "lake", "--why", "Welcome.", "--manager"])
    assert done.exit_code == 0, done.output
    assert store.registrations.get(2).reason == "Welcome."
    assert run.invoke(app, ["registration", "refuse", "2", "--why", "No."]).exit_code != 0
    assert "/sign-in/link/" in letters(store, TO)[-1].text
