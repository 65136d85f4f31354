"""Signing in at an issuer of OpenID Connect, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from catalogue.errors import SettingsError
from catalogue.people import Role
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.auth import elsewhere, oidc
from oidc_provider import CLIENT, SECRET, Issuer, another_key, issuing
from signing_in import COOKIE, Browser, add_person, free_port, serving

#: Of the issuer among ours.
NAME = "university"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as found:
        yield found


@pytest.fixture
def at(sqlite_store: Store, issuer: Issuer) -> Iterator[str]:
    add_person(sqlite_store, Role.VIEWER, mail="sara@example.org")
    port = free_port()
    own = {"name": NAME, "label": "Example University", "issuer": issuer.url,
           "client_id": CLIENT, "client_secret": SECRET}  # fmt: skip
    with serving(sqlite_store, at_port=port, base_url=f"http://127.0.0.1:{port}", issuers=(own,)) as found:
        yield found


def leave(browser: Browser, wanted: str = "/dashboard") -> str:
    """Follow the link to the issuer; gives where the issuer sends the browser back to."""
    page = browser.get(f"/sign-in?next={wanted}")
    [link] = page.xpath("//section[@aria-labelledby='elsewhere']//a/@href")
    browser.get(link)
    assert browser.answer.status_code == 303, browser.answer.text
    there = browser.answer.headers["Location"]
    return requests.get(there, allow_redirects=False, timeout=20).headers["Location"].removeprefix(browser.at)


def come_back(browser: Browser, wanted: str = "/dashboard") -> requests.Response:
    browser.get(leave(browser, wanted))
    return browser.answer


def test_somebody_whose_address_is_verified_there_is_let_in(
    at: str, issuer: Issuer, sqlite_store: Store
) -> None:
    browser = Browser(at)
    answer = come_back(browser, "/feed?a=b")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/feed?a=b")
    me = browser.session.get(f"{at}/api/me", timeout=20).json()
    assert (me["mail"], me["roles"]) == ("sara@example.org", ["viewer"])
    assert issuer.asked.count("/.well-known/openid-configuration") == 1
    assert [line.act for line in sqlite_store.audit.newest(about=f"person:{me['id']}", limit=2)] == [
        "sign-in",
        "link-identity",
    ]
    # From now on it is the issuer's own identifier that counts.
    issuer.claims = {"sub": "s-1", "email": "renamed@example.org", "email_verified": True}
    assert come_back(Browser(at)).status_code == 303
    assert issuer.asked.count("/jwks") == 1
    assert len(sqlite_store.people.all()) == 1


def test_nobody_is_made_and_nobody_is_believed_unverified(
    at: str, issuer: Issuer, sqlite_store: Store
) -> None:
    for claims in (
        {"sub": "s-2", "email": "stranger@example.org", "email_verified": True},
        {"sub": "s-2", "email": "sara@example.org", "email_verified": False},
        {"sub": "s-2", "email": "sara@example.org"},
        {"sub": "s-2", "email": ["sara@example.org"], "email_verified": True},
        {"sub": "s-2"},
    ):
        issuer.claims = claims
        browser = Browser(at)
        answer = come_back(browser)
        assert (answer.status_code, COOKIE in browser.session.cookies) == (422, False)
        assert "Nobody here has the mail address" in answer.text
    noted = [line for line in sqlite_store.audit.newest() if line.act == "sign-in-failed"]
    assert [line.detail for line in noted] == [{"by": NAME, "subject": "s-2"}] * 5
    assert len(sqlite_store.people.all()) == 1


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "another"}, {"aud": None}, {"iss": "https://evil.example"},
        {"exp": 1_000_000_000}, {"exp": None}, {"iat": 9_000_000_000}, {"azp": "another"},
        {"sub": None}, {"sub": ""},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_right_lets_nobody_in(at: str, issuer: Issuer, lie: dict[str, object]) -> None:
    issuer.lies = lie
    browser = Browser(at)
    answer = come_back(browser)
    assert (answer.status_code, COOKIE in browser.session.cookies) == (422, False)
    assert "did not work" in answer.text


def test_a_token_signed_with_a_shared_secret_lets_nobody_in(at: str, issuer: Issuer) -> None:
    issuer.unsigned()
    assert come_back(Browser(at)).status_code == 422


def test_new_keys_of_an_issuer_are_found(at: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert come_back(Browser(at)).status_code == 303
    issuer.new_key(another_key(), "ES256")
    assert come_back(Browser(at)).status_code == 422  # not asked for more often than every few seconds
    monkeypatch.setattr(oidc, "_AT_LEAST", 0.0)
    assert come_back(Browser(at)).status_code == 303


def test_an_address_may_come_from_userinfo_but_only_of_the_same(at: str, issuer: Issuer) -> None:
    issuer.claims = {"sub": "s-1"}
    issuer.userinfo = {"sub": "another", "email": "sara@example.org", "email_verified": True}
    assert come_back(Browser(at)).status_code == 422
    issuer.userinfo["sub"] = "s-1"
    assert come_back(Browser(at)).status_code == 303


def _without_cookie(browser: Browser, back: str) -> str:
    browser.session.cookies.clear()
    return back


def _of_another_browser(browser: Browser, back: str) -> str:
    return leave(Browser(browser.at))


def _twice(browser: Browser, back: str) -> str:
    kept = dict(browser.session.cookies)
    browser.get(back)
    browser.session.cookies.clear()
    for name, value in kept.items():
        browser.session.cookies.set(name, value, domain="127.0.0.1", path="/")
    return back


@pytest.mark.parametrize(
    "change",
    [
        _without_cookie,
        _of_another_browser,
        _twice,
        lambda _, back: back.replace("state=", "state=x"),
        lambda _, back: back.replace("code=", "code=x"),
        lambda _, back: back.replace("code=", "error=access_denied&kode="),
        lambda _, back: back.partition("&iss=")[0] + "&iss=https%3A%2F%2Fevil.example",
        lambda _, back: back.replace(f"/{NAME}/", "/other/"),
    ],
)
def test_who_comes_back_another_way_is_not_let_in(at: str, change: Callable[[Browser, str], str]) -> None:
    browser = Browser(at)
    path = change(browser, leave(browser))
    browser.session.cookies.set(COOKIE, "", domain="127.0.0.1", path="/")
    browser.get(path)
    assert (browser.answer.status_code, browser.session.cookies.get(COOKIE, "")) == (422, "")


def test_one_may_stay_there_for_so_long(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(at)
    back = leave(browser)
    monkeypatch.setattr(elsewhere, "_LASTS", -1)
    browser.get(back)
    assert browser.answer.status_code == 422


def test_nobody_is_sent_elsewhere_afterwards(at: str) -> None:
    assert come_back(Browser(at), "//evil.example").headers["Location"] == "/dashboard"


@pytest.mark.parametrize(
    "configured",
    [{"issuer": "https://evil.example"}, {"authorization_endpoint": "javascript:alert(1)"},
     {"authorization_endpoint": None}],
    ids=str,
)  # fmt: skip
def test_an_issuer_that_is_another_is_not_believed(
    at: str, issuer: Issuer, configured: dict[str, object]
) -> None:
    issuer.configured = configured
    browser = Browser(at)
    browser.get(f"/sign-in/with/{NAME}")
    assert browser.answer.status_code == 502
    browser.get("/sign-in/with/none")
    assert browser.answer.status_code == 404


def test_an_answer_of_an_issuer_that_breaks_off_or_cannot_be_unpacked_is_no_error_of_ours(
    at: str, issuer: Issuer
) -> None:
    browser = Browser(at)
    for headers, cut_off_by in (({"Content-Encoding": "gzip"}, 0), ({}, 10)):
        issuer.headers, issuer.cut_off_by = headers, cut_off_by
        browser.get(f"/sign-in/with/{NAME}")
        assert browser.answer.status_code == 502


def test_what_is_kept_in_the_browser_cannot_be_read_there(at: str) -> None:
    browser = Browser(at)
    browser.get(f"/sign-in/with/{NAME}")
    asked = parse_qs(urlsplit(browser.answer.headers["Location"]).query)
    cookie = browser.answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/sign-in/with"} <= {part.strip() for part in cookie.split(";")}
    assert asked["state"][0] not in cookie
    assert asked["redirect_uri"] == [f"{at}/sign-in/with/{NAME}/back"]


def test_issuers_are_named_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"name": "x", "issuer": "https://login.example.org", "client_id": "c", "client_secret": "hidden"}
    monkeypatch.setenv("CLEARINGHOUSE_ISSUERS", json.dumps([own]))
    settings = load_settings()
    assert settings.issuers[0].issuer == "https://login.example.org"
    assert "hidden" not in repr(settings)
    for wrong in ({"issuer": "http://login.example.org"}, {"name": "A b"}, {"issuer": "https://x/?a=b"}):
        with pytest.raises(SettingsError):
            load_settings(issuers=(own | wrong,))
    with pytest.raises(SettingsError, match="same name"):
        load_settings(issuers=(own, own))
