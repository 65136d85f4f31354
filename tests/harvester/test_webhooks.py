from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import structlog
import time_machine
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from catalogue.alerts import Channel, Subscription, Wish
from catalogue.settings import load_settings
from catalogue.store import Store
from catalogue.store.alerting.calls import Call, CallState
from catalogue.store.alerting.subscriptions import Told
from endpoint.alerts import hearing
from endpoint.deps import Services
from factories import now
from harvester.webhooks import PAUSES, Caller
from signing_in import add_person

LOOPBACK: dict[str, Any] = {"allowed_networks": ("127.0.0.0/8",)}


class Hook:
    """A webhook of somebody, with a call that waits for it."""

    def __init__(self, store: Store, url: str, **settings: Any) -> None:
        self.store, self.settings = store, load_settings(**({**LOOPBACK, **settings}))
        known = Services(self.settings, store)
        wish = Wish(Channel.WEBHOOK, url)
        self.one, self.secret = hearing.subscribe(known, wish, by="test", person=add_person(store))
        self.call({"ناس": "<b>"})

    def call(self, told: object) -> None:
        """Put a call in."""
        again: Subscription = self.store.subscriptions.get(self.one.id)
        made = Told({}, again.next_at + timedelta(1), body=str(told))
        self.store.subscriptions.tell(again, made, now(), about="")

    def look(self) -> Call:
        """Let a worker look; gives what became of the newest call."""
        Caller(self.store, self.settings).look()
        return self.store.calls.newest()[0]


@pytest.fixture
def hook(sqlite_store: Store, httpserver: HTTPServer) -> Callable[..., Hook]:
    """A webhook at the server."""
    return lambda path="/hook", **settings: Hook(sqlite_store, httpserver.url_for(path), **settings)


def test_what_is_sent_is_signed_as_standard_webhooks_has_it(store: Store, httpserver: HTTPServer) -> None:
    key = base64.urlsafe_b64encode(b"k" * 32).decode()
    httpserver.expect_request("/hook", method="POST").respond_with_data("", 204)
    hook = Hook(store, httpserver.url_for("/hook"), secret_key=key)
    assert hook.look().state is CallState.SENT
    [(request, _)] = httpserver.log
    body, told = request.get_data(), request.headers
    assert told["Content-Type"] == "application/json"
    assert abs(int(told["Webhook-Timestamp"]) - now().timestamp()) < 60
    signed = f"{told['Webhook-Id']}.{told['Webhook-Timestamp']}.".encode() + body
    secret = base64.b64decode(hook.secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(secret, signed, "sha256").digest()).decode()
    assert told["Webhook-Signature"] == f"v1,{digest}"
    assert hook.look().attempts == 1, "it is sent once"


def test_what_is_not_taken_is_sent_again_later_and_later_under_the_same_id(
    hook: Callable[..., Hook], httpserver: HTTPServer
) -> None:
    answers = [Response("", 500), Response("", 503), Response("", 200)]
    httpserver.expect_request("/hook").respond_with_handler(lambda _: answers.pop(0))
    made = hook()
    found, at = made.look(), now()
    assert (found.state, found.attempts) == (CallState.WAITING, 1)
    assert made.look().attempts == 1
    for pause in PAUSES[:2]:
        at += timedelta(seconds=pause + 1)
        with time_machine.travel(at):
            found = made.look()
    assert (found.state, found.attempts) == (CallState.SENT, 3)
    assert len({request.headers["Webhook-Id"] for request, _ in httpserver.log}) == 1


@pytest.mark.parametrize(
    ("response", "state", "error"),
    [
        (Response("", 410), CallState.GIVEN_UP, "HTTP status 410"),
        (Response("", 404), CallState.WAITING, "HTTP status 404"),
        (Response("<e/>", 500), CallState.WAITING, "HTTP status 500"),
        (Response("", 302, {"Location": "/elsewhere"}), CallState.WAITING, "redirects more than 0 times"),
        (Response("x" * 70_000, 200), CallState.WAITING, "the limit is 65536"),
    ],
)  # fmt: skip
def test_what_receivers_answer(
    hook: Callable[..., Hook], httpserver: HTTPServer, response: Response, state: CallState, error: str
) -> None:
    def answered(request: Request) -> Response:
        assert request.path.startswith("/s3cret-path"), "nobody is sent on with what is signed"
        return response

    httpserver.expect_request("/s3cret-path").respond_with_handler(answered)
    found = hook("/s3cret-path?key=s3cret").look()
    assert found.state is state
    assert error in found.error
    assert "s3cret" not in found.error


def test_nobody_is_called_where_we_may_not_go(hook: Callable[..., Hook], httpserver: HTTPServer) -> None:
    made = hook(allowed_networks=())
    with structlog.testing.capture_logs() as logs:
        found = made.look()
    assert found.state is CallState.WAITING
    assert "private, local and reserved addresses" in found.error
    assert httpserver.log == []
    assert made.secret not in str(logs)


def test_a_call_is_given_up_in_the_end(hook: Callable[..., Hook], httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("", 500)
    made, at = hook(), now()
    for pause in (0.0, *PAUSES):
        at += timedelta(seconds=pause + 1)
        with time_machine.travel(at):
            found = made.look()
    assert (found.state, found.attempts) == (CallState.GIVEN_UP, len(PAUSES) + 1)


def test_without_its_key_nothing_is_sent(
    hook: Callable[..., Hook], httpserver: HTTPServer, sqlite_store: Store
) -> None:
    made = hook()
    assert sqlite_store.key_file is not None
    sqlite_store.key_file.unlink()
    assert "need a key" in made.look().error
    assert httpserver.log == []


def test_what_was_ended_is_not_called(hook: Callable[..., Hook], httpserver: HTTPServer) -> None:
    made = hook()
    made.store.subscriptions.remove(made.one.id, "test", now())
    Caller(made.store, made.settings).look()
    assert httpserver.log == []
