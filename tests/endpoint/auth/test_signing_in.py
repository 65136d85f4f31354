"""Signing in and out, over real sockets: passwords, links, sessions, forms of other sites."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.people import Action, Role
from catalogue.store import Store
from catalogue.store.community.sessions import Lifetime
from endpoint.auth import attempts, onward, passwords
from signing_in import COOKIE, Browser, add_person, free_port, serving, token_of

PASSWORD = "seven quiet herons"


def with_password(store: Store, mail: str = "sara@example.org") -> int:
    person = add_person(store, Role.VIEWER, mail=mail)
    store.people.set_password(person.id, passwords.hashed(PASSWORD), "test", datetime.now(UTC))
    return person.id


def test_somebody_signs_in_and_out(sqlite_store: Store) -> None:
    with_password(sqlite_store)
    with serving(sqlite_store) as at:
        browser = Browser(at)
        browser.get("/dashboard/account?x=1")
        assert (browser.answer.status_code, browser.answer.headers["Location"]) == (
            303, "/sign-in?next=%2Fdashboard%2Faccount%3Fx%3D1",
        )  # fmt: skip
        answer = browser.post("/sign-in", mail="SARA@example.org ", password=PASSWORD, next="/feed?a=b")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/feed?a=b")
        cookie = answer.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        secret = browser.session.cookies[COOKIE]
        browser.get("/sign-in?next=/feed")
        assert browser.answer.headers["Location"] == "/feed"
        browser.get("/dashboard/account")
        assert browser.answer.status_code == 200
        assert browser.answer.headers["Cache-Control"] == "no-store"
        assert secret not in browser.answer.text
        browser.post("/sign-out", form_at="/dashboard/account")
        browser.session.cookies.set(COOKIE, secret, domain="127.0.0.1", path="/")
        browser.get("/dashboard/account")
        assert browser.answer.status_code == 303


def test_who_signs_in_and_who_fails_to_is_in_the_audit(sqlite_store: Store) -> None:
    number = with_password(sqlite_store)
    with serving(sqlite_store) as at:
        for mail, password in (("sara@example.org", "wrong"), (PASSWORD, ""), ("sara@example.org", PASSWORD)):
            Browser(at).post("/sign-in", mail=mail, password=password)
    signed_in, stranger, failed = sqlite_store.audit.newest(limit=3)
    own = ("sara@example.org", f"person:{number}")
    assert (signed_in.act, signed_in.who, signed_in.about) == ("sign-in", *own)
    assert (failed.act, failed.who, failed.about) == ("sign-in-failed", *own)
    assert (stranger.act, stranger.who, stranger.about) == ("sign-in-failed", "", "person:unknown")
    assert PASSWORD not in str(sqlite_store.audit.newest())


def test_who_sends_a_form_too_late_comes_back_to_its_page(sqlite_store: Store) -> None:
    port = free_port()
    ours = f"http://127.0.0.1:{port}"
    with serving(sqlite_store, at_port=port, base_url=ours) as at:
        for referer, wanted in (
            (f"{ours}/dashboard/people?a=b", "/sign-in?next=%2Fdashboard%2Fpeople%3Fa%3Db"),
            (f"{ours}.evil.example/x", "/sign-in"),
            (f"{ours}//evil.example", "/sign-in?next=%2Fdashboard"),
            ("", "/sign-in"),
        ):
            browser = Browser(at)
            browser.send("/dashboard/people", headers={"Referer": referer}, name="x")
            assert browser.answer.headers["Location"] == wanted


def test_a_session_is_new_at_every_sign_in(sqlite_store: Store) -> None:
    with_password(sqlite_store)
    with serving(sqlite_store) as at:
        browser = Browser(at)
        browser.session.cookies.set(COOKIE, "planted-by-somebody-else", domain="127.0.0.1", path="/")
        browser.post("/sign-in", mail="sara@example.org", password=PASSWORD)
        first = browser.session.cookies[COOKIE]
        assert first != "planted-by-somebody-else"
        # A second sign-in on top: what was known before opens nothing.
        token = browser.token("/dashboard/account")
        browser.send("/sign-in", mail="sara@example.org", password=PASSWORD, token=token)
        assert browser.answer.status_code == 303
        assert browser.session.cookies[COOKIE] != first
        old = Browser(at)
        for known in (first, "planted-by-somebody-else"):
            old.session.cookies.set(COOKIE, known, domain="127.0.0.1", path="/")
            old.get("/dashboard/account")
            assert old.answer.status_code == 303


def test_who_there_is_cannot_be_found_out(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with_password(sqlite_store)
    add_person(sqlite_store, mail="without@example.org")
    checked = []
    hasher = passwords._hasher()
    verify = hasher.verify_and_update
    monkeypatch.setattr(
        type(hasher), "verify_and_update", lambda _, *asked: checked.append(1) or verify(*asked)
    )
    with serving(sqlite_store) as at:
        said = set()
        for mail in ("sara@example.org", "nobody@example.org", "without@example.org"):
            browser = Browser(at)
            answer = browser.post("/sign-in", mail=mail, password="not the password")
            said.add(
                (answer.status_code, answer.text.replace(mail, "").replace(browser.token("/sign-in"), ""))
            )
            assert COOKIE not in browser.session.cookies
    assert len(checked) == 3  # each took one whole check
    [(status, _)] = said
    assert status == 422


def test_attempts_are_limited_by_name_and_client(sqlite_store: Store) -> None:
    with_password(sqlite_store)
    with serving(sqlite_store, trusted_proxies=("127.0.0.1",)) as at:
        browser = Browser(at)
        for _ in range(attempts.MOST[0]):
            assert browser.post("/sign-in", mail="sara@example.org", password="x").status_code == 422
        answer = browser.post("/sign-in", mail="sara@example.org", password=PASSWORD)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
        assert browser.post("/sign-in", mail="other@example.org", password="x").status_code == 422
    with sqlite_store.engine.connect() as connection:
        kept = repr(connection.exec_driver_sql("SELECT * FROM attempts").all())
    assert "sara" not in kept
    assert "127.0.0.1" not in kept
    lifetime = Lifetime(timedelta(days=1), timedelta(days=1))
    sqlite_store.sessions.forget(datetime.now(UTC) + timedelta(days=2), lifetime)
    with sqlite_store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM attempts").all() == []


def test_many_attempts_at_once_are_no_more_than_so_many(sqlite_store: Store) -> None:
    with_password(sqlite_store)
    with serving(sqlite_store) as at:
        browsers = [Browser(at) for _ in range(12)]
        tokens = [browser.token("/sign-in") for browser in browsers]

        def guess(number: int) -> int:
            fields = {"mail": "sara@example.org", "password": f"guess {number}", "token": tokens[number]}
            return browsers[number].send("/sign-in", **fields).status_code

        with ThreadPoolExecutor(12) as pool:
            found = list(pool.map(guess, range(12)))
        assert set(found) <= {422, 429}
        assert found.count(422) <= attempts.MOST[0]
        assert found.count(429) >= 12 - attempts.MOST[0]


def test_who_signs_in_rightly_may_do_so_often(sqlite_store: Store) -> None:
    with_password(sqlite_store)
    with serving(sqlite_store) as at:
        for _ in range(attempts.MOST[0] + 2):
            assert Browser(at).post("/sign-in", mail="sara@example.org", password=PASSWORD).status_code == 303


def test_a_link_lets_somebody_in_once_and_takes_a_password(sqlite_store: Store) -> None:
    person = add_person(sqlite_store, Role.OPERATOR, mail="sara@example.org")
    secret = sqlite_store.sessions.make_link(person.id, "test", datetime.now(UTC), timedelta(hours=1))
    path = f"/sign-in/link/{secret}"
    with serving(sqlite_store) as at:
        for _ in range(2):  # who only looks at it does not use it up
            page = Browser(at).get(path)
            assert "sara@example.org" in page.text_content()
        browser = Browser(at)
        for wrong, said in (
            (("short", "short"), "12 characters"),
            ((PASSWORD, PASSWORD + "x"), "not the same"),
            (("aaaaaaaaaaaaaa",) * 2, "too easy"),
            (("SARA@example.org",) * 2, "too easy"),
        ):
            answer = browser.post(path, password=wrong[0], again=wrong[1])
            assert answer.status_code == 422
            assert said in answer.text
        assert browser.answer.headers["Referrer-Policy"] == "no-referrer"
        assert browser.post(path, password=PASSWORD, again=PASSWORD).status_code == 303
        browser.get("/dashboard/account")
        assert browser.answer.status_code == 200
        assert Browser(at).post(path, form_at="/sign-in").status_code == 404
        assert Browser(at).post("/sign-in", mail=person.mail, password=PASSWORD).status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_another_site_can_send_no_form(sqlite_store: Store, path: str) -> None:
    with_password(sqlite_store)
    person = sqlite_store.people.by_mail("sara@example.org")
    fields = {"mail": person.mail, "password": PASSWORD}
    with serving(sqlite_store) as at:
        browser = Browser(at).signed_in(sqlite_store, person)
        secret = browser.session.cookies[COOKIE]
        good = browser.token("/dashboard/account")
        stranger = Browser(at).token("/sign-in")
        other = Browser(at).signed_in(sqlite_store, person)
        for token, headers in (
            ("", {}),
            (stranger, {}),
            (good, {"Sec-Fetch-Site": "cross-site"}),
            (good, {"Sec-Fetch-Site": "same-site"}),
            (other.token("/dashboard/account"), {}),
        ):
            browser.send(path, token=token, headers=headers, **fields)
            assert browser.answer.status_code == 403
            assert (
                "Set-Cookie" not in browser.answer.headers
                or COOKIE not in browser.answer.headers["Set-Cookie"]
            )
        browser.get("/dashboard/account")
        assert browser.answer.status_code == 200
        assert browser.session.cookies[COOKIE] == secret


def test_cookies_are_safe_where_the_address_is(sqlite_store: Store) -> None:
    with_password(sqlite_store)
    for base_url, name, path in (
        ("https://catalogue.example.org", f"__Host-{COOKIE}", "/"),
        ("https://example.org/catalogue", COOKIE, "/catalogue"),
    ):
        with serving(sqlite_store, base_url=base_url) as at:
            form = requests.get(f"{at}/sign-in", timeout=20)
            token = form.text.partition('name="token" value="')[2].partition('"')[0]
            nonce = form.headers["Set-Cookie"].partition(";")[0]
            answer = requests.post(
                f"{at}/sign-in",
                data={"mail": "sara@example.org", "password": PASSWORD, "token": token, "next": "/feed"},
                headers={"Cookie": nonce},
                allow_redirects=False,
                timeout=20,
            )
            cookie = answer.headers["Set-Cookie"]
            assert cookie.startswith(f"{name}=")
            assert {"Secure", f"Path={path}"} <= {part.strip() for part in cookie.split(";")}
            assert answer.headers["Location"] == f"{'/catalogue' if path != '/' else ''}/feed"


ELSEWHERE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
    "evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "\t//evil.example",
    " //evil.example", "/ /evil.example", "/\u0000/evil.example", "/é//evil", "", "/a\r\nSet-Cookie: x=y",
    "/" + "a" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_nobody_is_sent_elsewhere(wanted: str) -> None:
    assert onward.safe(wanted) == onward.HOME


@given(st.text(alphabet="/\\.:@?#%&a\t\n\r \u2028é", max_size=12))
@settings(max_examples=300)
def test_where_one_goes_on_is_here(wanted: str) -> None:
    from urllib.parse import urljoin, urlsplit

    gone = urljoin("https://here.example/sign-in", onward.safe(wanted))
    assert urlsplit(gone).netloc == "here.example"
    cleaned = onward.safe(wanted).replace("\\", "/")  # as browsers read it
    assert not cleaned.startswith("//")


def test_the_next_page_is_taken_from_the_form_with_care(sqlite_store: Store) -> None:
    with_password(sqlite_store)
    with serving(sqlite_store) as at:
        browser = Browser(at)
        page = browser.get("/sign-in?next=//evil.example/")
        assert page.xpath("string(//input[@name='next']/@value)") == onward.HOME
        browser.post("/sign-in", mail="sara@example.org", password=PASSWORD, next="//evil.example/")
        assert browser.answer.headers["Location"] == onward.HOME
        browser.get("/sign-in?next=/%5Cevil.example")
        assert browser.answer.headers["Location"] == onward.HOME


def test_a_token_is_no_session_and_a_session_is_no_token(sqlite_store: Store) -> None:
    person = add_person(sqlite_store, Role.OPERATOR)
    token = token_of(sqlite_store, person, *Action)
    with serving(sqlite_store) as at:
        answer = requests.get(
            f"{at}/dashboard/account",
            headers={"Authorization": f"Bearer {token}"},
            allow_redirects=False,
            timeout=20,
        )
        assert answer.status_code == 303
