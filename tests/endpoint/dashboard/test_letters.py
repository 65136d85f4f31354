"""What was written and said with a node: letters and notes in one list, for operators, and audited."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalogue.errors import SettingsError, UnknownSource
from catalogue.mail import Mail
from catalogue.people import Role
from catalogue.store import Store
from catalogue.store.desk.correspondence import LONGEST, Manner
from endpoint.dashboard.letters import entries
from factories import add_source, now
from signing_in import Browser, add_node, add_person, serving

HOSTILE = "<script>alert(1)</script>\nنفايات"


def test_notes_are_kept_in_order_and_in_the_audit(store: Store) -> None:
    add_source(store, "nile")
    moment, notes = now(), store.correspondence
    for days, text in ((3, "first"), (1, "last"), (2, "between")):
        at = moment - timedelta(days=days)
        notes.add("nile", Manner.RECEIVED, " Awa  Diop ", text, "sara@example.org", at, moment)
    found = notes.of_source("nile")
    assert [note.text for note in found] == ["last", "between", "first"]
    assert {note.other for note in found} == {"Awa Diop"}
    assert notes.remove("nile", found[0].id, "sara@example.org", moment)
    assert not notes.remove("nile", found[0].id, "sara@example.org", moment)
    assert not notes.remove("volta", found[1].id, "sara@example.org", moment)
    assert [one.act for one in store.audit.newest(about="source:nile")] == ["take back", *["note"] * 3]
    for text, at in (("", moment), ("x" * (LONGEST + 1), moment), ("later", moment + timedelta(days=1))):
        with pytest.raises(SettingsError):
            notes.add("nile", Manner.SENT, "", text, "sara@example.org", at, moment)
    with pytest.raises(UnknownSource):
        notes.add("nobody", Manner.SENT, "", "text", "sara@example.org", moment, moment)


def test_letters_about_the_source_its_node_and_nobody_else_stand_beside_them(store: Store) -> None:
    add_source(store, "nile")
    add_source(store, "volta")
    add_node(store, "delta", "nile")
    for number, about in enumerate(("source:nile", "node:delta", "source:volta", "person:1")):
        store.outbox.put(
            Mail("awa@example.org", about, "text"), now() + timedelta(seconds=number), about=about
        )
    store.correspondence.add("nile", Manner.SPOKEN, "", "on the phone", "sara", now(), now())
    found = entries(store, store.sources.get("nile"))
    assert sorted(entry.letter.mail.subject for entry in found if entry.letter) == [
        "node:delta",
        "source:nile",
    ]
    assert [entry.note.text for entry in found if entry.note] == ["on the phone"]
    assert [entry.at for entry in found] == sorted((entry.at for entry in found), reverse=True)


def test_operators_write_down_and_take_back_on_the_page_of_the_node(sqlite_store: Store) -> None:
    store = sqlite_store
    add_source(store, "nile")
    add_node(store, "delta", "nile")
    secret = Mail("awa@example.org", "Sign in", "the-secret-link", confidential=True)
    store.outbox.put(secret, now(), about="source:nile")
    store.outbox.put(Mail("awa@example.org", "Letter", "plain words"), now(), about="source:nile")
    operator = add_person(store, Role.OPERATOR)
    viewer, manager = add_person(store, Role.VIEWER), add_person(store, nodes=["delta"])
    tab = "/dashboard/sources/nile?tab=correspondence"
    with serving(store, requests_per_minute=0) as at:
        browser = Browser(at).signed_in(store, operator)
        page = browser.get(tab)
        assert "plain words" in page.text_content()
        assert "the-secret-link" not in page.text_content()
        fields = {"manner": "received", "with": "Awa", "text": HOSTILE}
        answer = browser.post("/dashboard/correspondence/nile", form_at=tab, **fields)
        assert (answer.status_code, "done=noted" in answer.headers["Location"]) == (303, True)
        page = browser.get(tab)
        assert "<script>alert(1)" in page.text_content()
        assert not page.xpath("//script")
        number = page.xpath("string(//input[@name='remove']/@value)")
        browser.post("/dashboard/correspondence/nile", form_at=tab, remove=number)
        assert store.correspondence.of_source("nile") == []
        wrong = browser.post("/dashboard/correspondence/nile", form_at=tab, manner="x", text="y")
        assert "refused=" in wrong.headers["Location"]
        for number in ("", "x", "9" * 40, "1"):
            answer = browser.post("/dashboard/correspondence/nile", form_at=tab, remove=number or "0")
            assert answer.status_code == 404
        for person in (viewer, manager):
            other = Browser(at).signed_in(store, person)
            page = other.get(tab)
            assert other.answer.status_code == 200
            assert "plain words" not in page.text_content()
            assert not page.xpath("//nav[@class='tabs']/a[contains(@href, 'correspondence')]")
