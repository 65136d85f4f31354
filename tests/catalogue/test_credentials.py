from __future__ import annotations

from collections.abc import Callable

import pytest

from catalogue.credentials import Secret, SecretKind
from catalogue.errors import SettingsError
from tls import issue

AUTHORITY = issue("An authority")
LEAF = issue("localhost", AUTHORITY)


def test_how_secrets_are_sent() -> None:
    assert Secret.basic("anna", "p:ä").headers == {"Authorization": "Basic YW5uYTpwOsOk"}
    assert Secret.header("X-Api-Key", "k 1").headers == {"X-Api-Key": "k 1"}
    assert Secret.certificate(LEAF.pem, LEAF.key_pem()).headers == {}


def test_no_secret_shows_what_it_holds() -> None:
    for secret in (
        Secret.basic("anna", "hidden-word"),
        Secret.header("X-Api-Key", "hidden-word"),
        Secret.certificate(LEAF.pem, LEAF.key_pem()),
    ):
        assert all(trace not in f"{secret!r} {secret}" for trace in secret.traces())
        assert list(secret.traces())


def test_a_key_under_a_passphrase() -> None:
    secret = Secret.certificate(LEAF.pem + AUTHORITY.pem, LEAF.key_pem(b"open sesame"), "open sesame")
    assert secret.kind is SecretKind.CERTIFICATE
    assert secret.values["certificate"].count("BEGIN CERTIFICATE") == 2
    assert "ENCRYPTED" not in secret.values["key"]


REFUSED: dict[str, Callable[[], Secret]] = {
    "no user": lambda: Secret.basic("", "hidden-word"),
    "a colon": lambda: Secret.basic("an:na", "hidden-word"),
    "two lines": lambda: Secret.basic("anna", "hidden-word\r\nX: 1"),
    "header name": lambda: Secret.header("X Key", "hidden-word"),
    "header of ours": lambda: Secret.header("Host", "hidden-word"),
    "header in two lines": lambda: Secret.header("X-Key", "hidden-word\r\nX: 1"),
    "no certificate": lambda: Secret.certificate(b"hidden-word", LEAF.key_pem()),
    "no key": lambda: Secret.certificate(LEAF.pem, b"hidden-word"),
    "no passphrase": lambda: Secret.certificate(LEAF.pem, LEAF.key_pem(b"x")),
    "another's key": lambda: Secret.certificate(LEAF.pem, AUTHORITY.key_pem()),
    "ended": lambda: Secret.certificate((old := issue("old", AUTHORITY, days=-1)).pem, old.key_pem()),
    "no authority": lambda: Secret.authority(b"hidden-word"),
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
def test_what_could_not_be_sent_is_refused_without_being_shown(make: Callable[[], Secret]) -> None:
    with pytest.raises(SettingsError) as refused:
        make()
    assert "hidden" not in str(refused.value)
