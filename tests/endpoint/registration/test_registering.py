"""The whole way of a registration over real sockets: node, pages, worker, letters, decision."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from catalogue.people import Role
from catalogue.registration import EventKind, RegistrationState
from catalogue.settings import Settings
from catalogue.store import Store
from endpoint.deps import Services
from endpoint.registration.acts import tell_of_trial
from harvester.checkups import Checkups
from harvester.trials import Trials
from registration_desk import Visitor, confirm, filled_in, letters, serving, sign_in
from remote_node import FOREIGN, OAI_DC, RemoteNode, dublin_core, running

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def node() -> Iterator[RemoteNode]:
    with running(RemoteNode(page_size=5, formats=(("oai_dc", OAI_DC),))) as found:
        found.put(*((f"oai:node.example:{n}", dublin_core(f"{HOSTILE} {n}")) for n in range(12)))
        found.put(("oai:node.example:bad", FOREIGN))
        yield found


def check(store: Store, settings: Settings) -> None:
    Checkups(store, settings).work()


def try_out(store: Store, settings: Settings) -> None:
    Trials(store, settings, on_done=partial(tell_of_trial, Services(settings, store))).work()


def test_a_repository_is_registered_tried_accepted_and_told(sqlite_store: Store, node: RemoteNode) -> None:
    store = sqlite_store
    with serving(store) as (at, settings):
        visitor = filled_in(Visitor(at), node.url, partial(check, store, settings))
        visitor.send(consent="1")
        key = visitor.path.rpartition("/")[2]
        assert "Received." in visitor.text()
        try_out(store, settings)
        assert store.registrations.by_key(key).state is RegistrationState.RECEIVED  # nobody has confirmed
        asked = len(node.asked)
        confirm(visitor, store)
        assert len(node.asked) == asked  # the pages ask nobody
        try_out(store, settings)
        one = store.registrations.by_key(key)
        assert one.trial is not None
        assert (one.state, one.trial.taken, one.trial.faulty) == (RegistrationState.TRIAL_DONE, 12, 1)
        assert store.sources.all() == []  # and so no record: each belongs to one

        approver = sign_in(Visitor(at), store, Role.APPROVER)
        approver.go("/dashboard/registrations")
        assert "Lake Centre" in approver.text()
        approver.go(f"/dashboard/registrations/{one.id}")
        approver.send("//form[contains(@action, '/accept')]", ready="0", reason="Welcome.")
        assert approver.wrong == []
        (source,) = store.sources.all()
        assert (source.id, source.base_url, source.schedule, source.time_zone) == (
            "lake-centre", node.url, "0 2 * * *", "Africa/Nairobi",
        )  # fmt: skip
        assert store.organisations.node(source.node_id).country == "KE"
        assert store.organisations.all()[0].name == "Lake Centre"
        (manager,) = store.people.managers_of(source.node_id)
        assert manager.mail == "wanjiru@example.org"
        (hears,) = store.subscriptions.all()
        assert (hears.person_id, hears.node_id) == (manager.id, source.node_id)
        assert hears.confirmed_at is not None
        page = visitor.go(f"/registrations/{key}")
        assert "Accepted" in page.text_content()
        assert page.xpath("//section[@class='lead']//a[contains(@href, '/nodes/')]")
        public = visitor.go("/decisions").text_content()
        assert "The repository meets the conditions for being harvested." in public
        assert "Welcome." in public
        assert "@" not in "".join(visitor.page.xpath("//main//text()"))

    subjects = [one.subject for one in letters(store, "wanjiru@example.org")]
    assert [one.partition(": ")[2] for one in subjects] == [
        "Please confirm your address", "Trial harvest done", "Accepted",
    ]  # fmt: skip
    last = letters(store, "wanjiru@example.org")[-1].text
    assert f"/registrations/{key}" in last
    assert "/sign-in/link/" in last
    noted = {one.act: one.who for one in store.audit.newest(about=f"registration:{one.id}")}
    assert noted == {"sent": "registrant", "tried": "worker", "accepted": "amina@example.org"}
    assert [event.kind for event in store.registrations.get(one.id).events] == [
        EventKind.SENT, EventKind.TRIED, EventKind.ACCEPTED,
    ]  # fmt: skip
