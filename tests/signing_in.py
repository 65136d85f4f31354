"""Browsers and programs for tests of what one has to sign in for, over real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
import uvicorn
from lxml import html

from catalogue.people import Action, Node, Organisation, Person, Role
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app

COOKIE = "clearinghouse-session"


def free_port() -> int:
    """A port that nobody listens on, where the address has to be known before."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(store: Store, *, at_port: int = 0, **given: Any) -> Iterator[str]:
    """The whole application over a store; gives its address."""
    settings = load_settings(**given)
    config = uvicorn.Config(create_app(settings, store), port=at_port, log_config=None, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def add_node(store: Store, node_id: str, *source_ids: str, organisation: str = "centre") -> None:
    """A node of an organisation, which is made too, and given these sources."""
    now = datetime.now(UTC)
    if organisation not in {one.id for one in store.organisations.all()}:
        store.organisations.add(Organisation(organisation, "A regional centre"), "test", now)
    store.organisations.add_node(Node(node_id, organisation, f"Node {node_id}"), "test", now)
    for source_id in source_ids:
        store.organisations.give_source(source_id, node_id, "test", now)


def add_person(store: Store, *roles: Role, mail: str = "", nodes: Collection[str] = ()) -> Person:
    """Somebody with these roles, who manages these nodes."""
    now = datetime.now(UTC)
    label = mail or f"{'-'.join(roles) or 'nobody'}{len(store.people.all())}@example.org"
    person = store.people.add(label.partition("@")[0].title(), label, "test", now)
    for role in roles:
        person = store.people.give(person.id, role, "test", now)
    for node in nodes:
        person = store.people.give(person.id, Role.NODE_MANAGER, "test", now, node_id=node)
    return person


def token_of(store: Store, person: Person, *scopes: Action) -> str:
    """A token for somebody."""
    now = datetime.now(UTC)
    _, secret = store.tokens.make(
        person, "test", scopes, by="test", now=now, expires_at=now + timedelta(days=1)
    )
    return secret


class Browser:
    """A browser, as far as pages and forms go."""

    def __init__(self, at: str) -> None:
        self.at, self.session = at, requests.Session()
        self.answer = requests.Response()

    def signed_in(self, store: Store, person: Person) -> Browser:
        """The same, with a session of somebody."""
        secret = store.sessions.begin(person.id, datetime.now(UTC), by="test")
        self.session.cookies.set(COOKIE, secret, domain="127.0.0.1", path="/")
        return self

    def get(self, path: str, **headers: str) -> html.HtmlElement:
        """A page."""
        self.answer = self.session.get(self.at + path, headers=headers, allow_redirects=False, timeout=20)
        return html.fromstring(self.answer.text or "<html/>")

    def token(self, path: str) -> str:
        """What the forms of a page hold against other sites."""
        return str(self.get(path).xpath("string(//input[@name='token']/@value)"))

    def post(self, path: str, *, form_at: str = "", **fields: Any) -> requests.Response:
        """Send a form of a page; it is at the same address unless another is named."""
        sent = {"token": self.token(form_at or path)} | fields
        return self.send(path, **sent)

    def send(self, path: str, *, headers: dict[str, str] | None = None, **fields: Any) -> requests.Response:
        """Send these fields, and no others."""
        self.answer = self.session.post(
            self.at + path, data=fields, headers=headers, allow_redirects=False, timeout=20
        )
        return self.answer
