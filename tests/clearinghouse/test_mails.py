from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from catalogue.mail import Mail
from catalogue.store import Store
from harvester.slices import utc_now

Command = Any


def test_the_outbox_is_told_without_what_is_in_the_letters(clearinghouse: Command, database: Store) -> None:
    letter = Mail("ana@example.org", "Sign in", "hidden-word", unsubscribe="https://x.example/hidden")
    database.outbox.put(letter, utc_now(), about="person:1")
    shown, told = clearinghouse("mail"), clearinghouse("mail", "--json")
    assert (shown.code, told.code) == (0, 0)
    assert "ana@example.org" in shown.out
    assert [(row["state"], row["about"]) for row in told.json] == [("waiting", "person:1")]
    assert "hidden" not in shown.out + told.out


def test_a_trial_is_sent_at_once(clearinghouse: Command, tmp_path: Path) -> None:
    said = clearinghouse("mail", "try", "ana@example.org")
    assert (said.code, said.err) == (0, "Delivered by folder to ana@example.org.\n")
    [letter] = (tmp_path / "var/mail").glob("*.eml")
    assert stat.S_IMODE(letter.stat().st_mode) == 0o600


def test_a_trial_says_why_it_did_not_get_out(clearinghouse: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert clearinghouse("mail", "try", "nobody").code == 2
    monkeypatch.setenv("CLEARINGHOUSE_MAIL_DELIVERY", "smtp")
    monkeypatch.setenv("CLEARINGHOUSE_MAIL_HOST", "127.0.0.1")
    monkeypatch.setenv("CLEARINGHOUSE_MAIL_PORT", "1")
    said = clearinghouse("mail", "try", "ana@example.org")
    assert said.code == 2
    assert "ConnectionRefusedError" in said.err
