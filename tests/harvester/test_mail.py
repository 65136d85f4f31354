from __future__ import annotations

import ssl
import stat
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import structlog
import time_machine

from catalogue.errors import MailNotSent, SettingsError
from catalogue.mail import Mail
from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from catalogue.store.desk.outbox import MailState
from harvester.mail import GIVEN_UP_AFTER, Postman, dispatch, pause, sender_of
from harvester.slices import utc_now
from mail_server import PASSWORD, USER, MailServer, serving_mail
from tls import Pair, issue

ANA = Mail("ana@example.org", "Отчёт", "نص\n", "ru")
EVE = Mail("eve@example.org", "For Eve", "Good day.\n")


def settings_for(server: MailServer, **more: Any) -> Settings:
    told: dict[str, Any] = {"mail_security": "none", "mail_host": server.host, "mail_port": server.port}
    return load_settings(mail_delivery="smtp", admin_email="operator@example.org", **(told | more))


def put(store: Store, *mails: Mail) -> None:
    for mail in mails:
        store.outbox.put(mail, utc_now())


def states(store: Store) -> list[MailState]:
    return [posted.state for posted in reversed(store.outbox.newest())]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving_mail() as made:
        yield made


@pytest.fixture(scope="module")
def authority() -> Pair:
    return issue("An authority")


@pytest.fixture
def context(authority: Pair, tmp_path: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(issue("localhost", authority).written(tmp_path, "mail"))
    (tmp_path / "authority.pem").write_bytes(authority.pem)
    return made


def test_letters_are_delivered_over_one_connection(store: Store, server: MailServer) -> None:
    put(store, ANA, EVE)
    Postman(store, settings_for(server)).look()
    assert server.to() == ["ana@example.org", "eve@example.org"]
    assert server.received[0]["Subject"] == "Отчёт"
    assert server.received[0].get_content().replace("\r\n", "\n") == "نص\n"
    assert server.senders == ["operator@example.org"] * 2
    assert len({message["Message-ID"] for message in server.received}) == 2
    assert server.connections == 1
    assert states(store) == [MailState.SENT] * 2


def test_an_address_that_nobody_has_keeps_no_other_waiting(sqlite_store: Store, server: MailServer) -> None:
    put(sqlite_store, ANA, EVE, Mail("later@example.org", "x", "y"), Mail("last@example.org", "x", "y"))
    server.refuses = {"ana@example.org": "550 5.1.1 no such user", "later@example.org": "450 greylisted"}
    with structlog.testing.capture_logs() as logs:
        Postman(sqlite_store, settings_for(server)).look()
    assert server.to() == ["eve@example.org", "last@example.org"]
    assert states(sqlite_store) == [MailState.GIVEN_UP, MailState.SENT, MailState.WAITING, MailState.SENT]
    letters = list(reversed(sqlite_store.outbox.newest()))
    assert (letters[0].error, letters[2].error) == ("550 5.1.1 no such user", "450 greylisted")
    assert "example.org" not in str(logs)


def test_what_the_server_does_not_take_now_is_taken_later(sqlite_store: Store, server: MailServer) -> None:
    server.data_answers = ["451 local trouble"]
    put(sqlite_store, ANA)
    postman = Postman(sqlite_store, settings_for(server))
    postman.look()
    assert server.received == []
    with time_machine.travel(utc_now() + pause(1) + timedelta(seconds=1)):
        postman.look()
    assert server.to() == ["ana@example.org"]
    assert states(sqlite_store) == [MailState.SENT]


def test_a_server_that_does_not_want_us_costs_no_letter(sqlite_store: Store, server: MailServer) -> None:
    server.refuses = {"ana@example.org": "554 5.7.1 relay access denied"}
    put(sqlite_store, ANA)
    Postman(sqlite_store, settings_for(server)).look()
    assert states(sqlite_store) == [MailState.WAITING]


def test_a_letter_is_given_up_after_days(sqlite_store: Store, server: MailServer) -> None:
    server.refuses = {"ana@example.org": "450 never here"}
    put(sqlite_store, ANA)
    with time_machine.travel(utc_now() + GIVEN_UP_AFTER):
        Postman(sqlite_store, settings_for(server)).look()
    assert states(sqlite_store) == [MailState.GIVEN_UP]


def test_a_server_that_is_away_is_left_alone_for_a_while(sqlite_store: Store) -> None:
    with serving_mail() as gone:
        settings = settings_for(gone)
    put(sqlite_store, ANA, EVE)
    postman = Postman(sqlite_store, settings)
    postman.look()
    postman.look()
    letters = sqlite_store.outbox.newest()
    assert [(letter.state, letter.attempts) for letter in letters] == [("waiting", 0), ("waiting", 1)]
    assert "ConnectionRefusedError" in letters[1].error


@pytest.mark.parametrize(("security", "implicit"), [("starttls", False), ("tls", True)])
def test_the_password_goes_over_a_secured_connection_only(
    sqlite_store: Store, context: ssl.SSLContext, tmp_path: Path, security: str, *, implicit: bool
) -> None:
    put(sqlite_store, ANA)
    with serving_mail(context=context, implicit=implicit, password=True) as server:
        known = {
            "mail_security": security,
            "mail_user": USER,
            "mail_password": PASSWORD,
            "mail_authority": str(tmp_path / "authority.pem"),
        }
        Postman(sqlite_store, settings_for(server, **known)).look()
        assert server.to() == ["ana@example.org"]
        with pytest.raises(MailNotSent, match="CERTIFICATE_VERIFY_FAILED"):
            dispatch(settings_for(server, **(known | {"mail_authority": ""})), EVE)
        with pytest.raises(MailNotSent, match="SMTPAuthenticationError") as refused:
            dispatch(settings_for(server, **(known | {"mail_password": "wrong-password"})), EVE)
        assert "wrong-password" not in str(refused.value)
        with pytest.raises(MailNotSent, match="530"):
            dispatch(settings_for(server, **(known | {"mail_user": ""})), EVE)
        assert server.to() == ["ana@example.org"]


def test_a_server_that_knows_no_starttls_gets_nothing(server: MailServer) -> None:
    with pytest.raises(MailNotSent, match="STARTTLS"):
        dispatch(settings_for(server, mail_security="starttls"), ANA)
    assert server.received == []


def test_letters_are_left_in_a_folder(sqlite_store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    put(sqlite_store, ANA, EVE)
    Postman(sqlite_store, load_settings(mail_folder=str(folder))).look()
    files = sorted(folder.iterdir())
    assert [path.suffix for path in files] == [".eml"] * 2
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    read = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert (read["To"], read["Subject"]) == ("ana@example.org", "Отчёт")


def test_letters_are_written_to_the_log(sqlite_store: Store) -> None:
    put(sqlite_store, ANA)
    with structlog.testing.capture_logs() as logs:
        Postman(sqlite_store, load_settings(mail_delivery="log")).look()
    assert (logs[0]["to"], logs[0]["subject"], logs[0]["text"]) == ("ana@example.org", "Отчёт", "نص\n")


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail_delivery": "smtp"},
        {"mail_user": "me", "mail_security": "none"},
        {"mail_sender": "nobody"},
        {"mail_delivery": "pigeon"},
        {"mail_user": "me", "mail_password": "пароль"},
    ],
)
def test_settings_of_mail_that_do_not_fit_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="mail") as refused:
        load_settings(**wrong)
    assert "пароль" not in str(refused.value)


def test_the_password_is_shown_nowhere() -> None:
    settings = load_settings(mail_password="hidden-one")
    assert "hidden-one" not in repr(settings) + settings.model_dump_json()


def test_who_writes() -> None:
    settings = load_settings(mail_sender="A feed <feed@example.org>", admin_email="a@example.org")
    assert sender_of(settings).name == "A feed"
    assert (sender_of(settings).address, sender_of(settings).reply_to) == (
        "feed@example.org",
        "a@example.org",
    )
