"""The pages about oneself, about people and about organisations, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from catalogue.people import Action, Role
from catalogue.store import Store
from endpoint.auth import passwords
from endpoint.languages import LANGUAGES
from factories import add_source
from signing_in import COOKIE, Browser, add_node, add_person, serving, token_of

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
NEW = "seven quiet herons"


@pytest.fixture
def operator(sqlite_store: Store) -> Iterator[Browser]:
    person = add_person(sqlite_store, Role.OPERATOR, mail="op@example.org")
    with serving(sqlite_store) as at:
        yield Browser(at).signed_in(sqlite_store, person)


def me(browser: Browser, token: str) -> requests.Response:
    return requests.get(f"{browser.at}/api/me", headers={"Authorization": f"Bearer {token}"}, timeout=20)


def test_pages_are_in_every_language_and_in_that_of_the_person(
    operator: Browser, sqlite_store: Store
) -> None:
    add_node(sqlite_store, "delta", organisation="centre")
    for path in (
        "/dashboard/account",
        "/dashboard/people",
        "/dashboard/people/1",
        "/dashboard/organisations",
        "/dashboard/audit",
    ):
        said = set()
        for tag, language in LANGUAGES.items():
            page = operator.get(f"{path}?lang={tag}")
            assert (operator.answer.status_code, page.get("lang"), page.get("dir")) == (
                200, tag, language.direction,
            )  # fmt: skip
            assert "script-src" not in operator.answer.headers["Content-Security-Policy"]
            assert operator.answer.headers["Cache-Control"] == "no-store"
            said.add(page.xpath("string(//h2)"))
            assert page.xpath("//*[@style or @onclick] | //script") == []
        if path not in {"/dashboard/organisations", "/dashboard/audit"}:
            assert len(said) == len(LANGUAGES)
    operator.post("/dashboard/account", name="Op", language="ar")
    assert operator.get("/dashboard/people", **{"Accept-Language": "fr"}).get("dir") == "rtl"


def test_what_people_are_called_is_text_and_nothing_else(operator: Browser, sqlite_store: Store) -> None:
    operator.post("/dashboard/people", name=HOSTILE, mail="sara@example.org", role="viewer")
    operator.post("/dashboard/organisations", id="centre", name=HOSTILE)
    operator.post("/dashboard/organisations/centre/nodes", form_at="/dashboard/organisations",
                  id="delta", name=HOSTILE)  # fmt: skip
    operator.post("/dashboard/account/tokens", form_at="/dashboard/account", name=HOSTILE, scope="see")
    person = sqlite_store.people.by_mail("sara@example.org")
    for path in ("/dashboard/people", f"/dashboard/people/{person.id}", "/dashboard/organisations",
                 "/dashboard/account", "/dashboard/people/1"):  # fmt: skip
        page = operator.get(path)
        assert page.xpath("//script | //*[@onerror] | //img[@src='x']") == []
        assert HOSTILE in page.text_content()


def test_somebody_is_added_gets_roles_and_goes(operator: Browser, sqlite_store: Store) -> None:
    add_node(sqlite_store, "delta")
    for wrong, said in (
        ({"name": "Sara", "mail": "sara"}, "cannot be used"),
        ({"name": "Sara", "mail": "OP@example.org"}, "already"),
        ({"name": "Sara", "mail": "sara@example.org", "role": "node-manager"}, "needs a node"),
    ):
        assert operator.post("/dashboard/people", **wrong).status_code == 422
        assert said in operator.answer.text
    assert len(sqlite_store.people.all()) == 1
    answer = operator.post(
        "/dashboard/people", name="Sara", mail="sara@example.org", role="node-manager", node="delta"
    )
    link = answer.text.partition('<code dir="ltr">http')[2].partition("<")[0].rpartition("/")[2]
    person = sqlite_store.sessions.whose_link(link, datetime.now(UTC))
    assert (person.mail, person.nodes) == ("sara@example.org", {"delta"})
    at = f"/dashboard/people/{person.id}"
    assert link not in operator.get(at).text_content()  # it was shown once
    operator.post(f"{at}/roles", form_at=at, role="approver")
    operator.post(f"{at}/roles", form_at=at, role="node-manager", node="delta", take="1")
    assert sqlite_store.people.get(person.id).roles == {Role.APPROVER}
    operator.post(at, name="Sara Haddad", mail="haddad@example.org", language="ar")
    assert sqlite_store.people.get(person.id).language == "ar"
    again = operator.post(f"{at}/link", form_at=at)
    assert again.status_code == 200
    assert "make-sign-in-link" in again.text
    assert operator.post(f"{at}/remove", form_at=at).headers["Location"] == "/dashboard/people"
    assert operator.post("/dashboard/people/1/remove", form_at="/dashboard/people/1").status_code == 422
    assert "last operator" in operator.answer.text
    assert operator.get(at) is not None
    assert operator.answer.status_code == 404


def test_organisations_get_nodes_and_nodes_get_sources(operator: Browser, sqlite_store: Store) -> None:
    add_source(sqlite_store, "nile", title="Nile & delta")
    at = "/dashboard/organisations"
    assert operator.post(at, id="A b", name="A centre").status_code == 422
    assert operator.post(at, id="centre", name="A centre", url="javascript:alert(1)").status_code == 422
    assert operator.post(at, id="centre", name="A centre").headers["Location"] == f"{at}#o-centre"
    assert operator.post(at, id="centre", name="Another").status_code == 422
    operator.post(at, id="centre", name="The centre", country="EG", change="1")
    assert sqlite_store.organisations.get("centre").name == "The centre"
    operator.post(f"{at}/centre/nodes", form_at=at, id="delta", name="Delta")
    operator.post(f"{at}/centre/nodes/delta/sources", form_at=at, source="nile")
    assert sqlite_store.sources.get("nile").node_id == "delta"
    assert operator.post(f"{at}/centre/nodes/delta/remove", form_at=at).status_code == 422
    assert operator.post(f"{at}/centre/remove", form_at=at).status_code == 422
    assert "It has nodes or sources" in operator.answer.text
    operator.post(f"{at}/centre/nodes/delta/sources", form_at=at, source="nile", take="1")
    operator.post(f"{at}/centre/nodes/delta/remove", form_at=at)
    operator.post(f"{at}/centre/remove", form_at=at)
    assert sqlite_store.organisations.all() == []
    assert operator.post(f"{at}/none/nodes", form_at=at, id="x", name="X").status_code == 404


def test_a_password_is_set_by_who_knows_the_one_before(operator: Browser, sqlite_store: Store) -> None:
    at, person = "/dashboard/account", sqlite_store.people.get(1)
    other = sqlite_store.sessions.begin(1, datetime.now(UTC), by="test")
    operator.post(f"{at}/password", form_at=at, password=NEW, again=NEW)
    assert operator.answer.status_code == 303
    assert passwords.verify(NEW, sqlite_store.people.password_of(person.mail)[1])[0]
    elsewhere = Browser(operator.at)
    elsewhere.session.cookies.set(COOKIE, other, domain="127.0.0.1", path="/")
    elsewhere.get(at)
    assert elsewhere.answer.status_code == 303
    newer = "eight loud herons"
    assert operator.post(f"{at}/password", form_at=at, password=newer, again=newer).status_code == 422
    assert operator.post(
        f"{at}/password", form_at=at, current=NEW, password="short", again="short"
    ).status_code == 422  # fmt: skip
    operator.post(f"{at}/password", form_at=at, current=NEW, password=newer, again=newer)
    assert operator.answer.status_code == 303
    for _ in range(5):
        operator.post(f"{at}/password", form_at=at, current="guess", password=NEW, again=NEW)
    assert (
        operator.post(f"{at}/password", form_at=at, current=newer, password=NEW, again=NEW).status_code == 429
    )


def test_a_token_is_shown_once_does_what_it_may_and_is_ended_by_its_owner(
    operator: Browser, sqlite_store: Store
) -> None:
    at = "/dashboard/account"
    assert operator.post(f"{at}/tokens", form_at=at, name="ci").status_code == 422
    answer = operator.post(f"{at}/tokens", form_at=at, name="ci", scope=["see", "administer"], days="90")
    secret = answer.text.partition('<code dir="ltr">')[2].partition("<")[0]
    assert secret.startswith("clearinghouse_")
    assert me(operator, secret).json()["may"] == ["administer", "see"]
    assert secret not in operator.get(at).text_content()
    [token] = sqlite_store.tokens.all(1)
    assert timedelta(days=89) < token.expires_at - datetime.now(UTC) <= timedelta(days=90)
    viewer = add_person(sqlite_store, Role.VIEWER)
    other = Browser(operator.at).signed_in(sqlite_store, viewer)
    other.post(f"{at}/tokens/{token.id}/end", form_at=at)
    assert me(operator, secret).status_code == 200  # it is not his
    other.post(f"{at}/tokens", form_at=at, name="more", scope=["see", "administer"])
    assert [one.scopes for one in sqlite_store.tokens.all(viewer.id)] == [{Action.SEE}]
    operator.post(f"{at}/tokens/{token.id}/end", form_at=at)
    assert me(operator, secret).status_code == 401


def test_what_a_token_may_goes_with_the_role_of_its_owner(operator: Browser, sqlite_store: Store) -> None:
    approver = add_person(sqlite_store, Role.APPROVER)
    token = token_of(sqlite_store, approver, Action.SEE, Action.DECIDE)
    assert me(operator, token).json()["may"] == ["decide", "see"]
    sqlite_store.people.take(approver.id, Role.APPROVER, "test", datetime.now(UTC))
    assert me(operator, token).json()["may"] == []


def test_somebody_signs_out_elsewhere_but_nobody_else(operator: Browser, sqlite_store: Store) -> None:
    at, viewer = "/dashboard/account", add_person(sqlite_store, Role.VIEWER)
    theirs = Browser(operator.at).signed_in(sqlite_store, viewer)
    mine = Browser(operator.at).signed_in(sqlite_store, sqlite_store.people.get(1))
    page = mine.get(at)
    [ends] = page.xpath("//form[contains(@action, '/sessions/')]/@action")
    theirs.post(ends, form_at=at)
    operator.get(at)
    assert operator.answer.status_code == 200
    mine.post(ends, form_at=at)
    operator.get(at)
    assert operator.answer.status_code == 303


def test_what_people_did_is_told_page_by_page(operator: Browser, sqlite_store: Store) -> None:
    now = datetime.now(UTC)
    for number in range(60):
        who = HOSTILE if number % 2 else "sara@example.org"
        sqlite_store.audit.note(who, "pause", f"source:s{number % 3}", {"why": HOSTILE}, now)
    path, seen = "/dashboard/audit?about=source%3As1", []
    page = operator.get(path)
    assert len(page.xpath("//tbody/tr")) == 20
    assert page.xpath("//script | //*[@onerror]") == []
    assert HOSTILE in page.text_content()
    [by] = {link for link in page.xpath("//tbody//a/@href") if "script" in link}
    assert len(operator.get(f"/dashboard/audit{by}").xpath("//tbody/tr")) == 30
    path = "/dashboard/audit"
    while path:
        page = operator.get(path)
        seen += page.xpath("//tbody/tr/th/time/@datetime")
        path = "".join(f"/dashboard/audit{link}" for link in page.xpath("//a[@rel='next']/@href"))
    assert len(seen) == len(sqlite_store.audit.newest(limit=500)) > 60
    assert operator.get("/dashboard/audit?before=x") is not None
    assert operator.answer.status_code == 200
