"""The commands about alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from catalogue.alerts import Rule
from catalogue.people import Role
from catalogue.store import Store
from factories import add_source
from signing_in import add_node, add_person

Command = Any
DONE, WRONG, REFUSED = 0, 2, 3


def test_what_is_amiss_is_found_told_and_quiet(clearinghouse: Command, database: Store) -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    add_source(database, "nile", certificate_until=f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    add_person(database, Role.VIEWER, mail="ana@example.org")
    assert (
        clearinghouse("alerts", "hear", "--person", "ana@example.org", "--rule", "certificate").code == DONE
    )
    said = clearinghouse("alerts", "look")
    assert "Began or ended: 1. Told: 1." in said.err
    assert "The certificate of its server ends" in said.out
    assert [letter.mail.to for letter in database.outbox.newest()] == ["ana@example.org"]
    [alert] = clearinghouse("alerts", "--json").json
    assert (alert["source_id"], alert["rule"]) == ("nile", "certificate")
    number = str(alert["id"])
    assert clearinghouse("alerts", "snooze", number, "--why", "moved").code == DONE
    assert database.alerts.get(alert["id"]).snoozed_why == "moved"
    assert clearinghouse("alerts", "wake", number).code == DONE
    assert database.alerts.get(alert["id"]).snoozed_until is None
    assert clearinghouse("alerts", "wake", "999").code == REFUSED
    database.alerts.judge("nile", {Rule.CERTIFICATE: None}, datetime.now(UTC))
    assert clearinghouse("alerts", "--json").json == []
    assert len(clearinghouse("alerts", "--over", "--json").json) == 1


def test_who_hears_is_listed_without_what_is_secret(clearinghouse: Command, database: Store) -> None:
    add_node(database, "delta")
    made = clearinghouse("alerts", "hear", "--node", "delta", "--webhook", "https://hooks.example.org/s3cret")
    assert (made.code, made.out.startswith("whsec_")) == (DONE, True)
    assert (
        clearinghouse(
            "alerts",
            "hear",
            "--node",
            "delta",
            "--to",
            "eve@example.org",
            "--pace",
            "weekly",
            "--hour",
            "7",
            "--weekday",
            "friday",
            "--time-zone",
            "Africa/Nairobi",
        ).code
        == DONE
    )
    assert (
        clearinghouse("alerts", "hear", "--node", "delta", "--to", "eve@example.org", "--pace", "weekly").code
        == WRONG
    )
    assert clearinghouse("alerts", "hear", "--to", "eve@example.org").code == WRONG
    shown, told = clearinghouse("alerts", "who"), clearinghouse("alerts", "who", "--json")
    assert [one["wish"]["address"] for one in told.json] == ["https://hooks.example.org/…", "eve@example.org"]
    assert "(not confirmed)" in shown.out
    assert told.json[1]["wish"]["clock"] == {"hour": 7, "weekday": "friday", "time_zone": "Africa/Nairobi"}
    assert clearinghouse("alerts", "hear", "--node", "delta", "--time-zone", "Mars/Base").code == WRONG
    assert "s3cret" not in shown.out + told.out
    assert made.out.strip() not in shown.out + told.out
    assert clearinghouse("alerts", "try", "1").err == "It is in the post.\n"
    assert clearinghouse("alerts", "mute", "1", "--days", "3").code == DONE
    assert database.subscriptions.get(1).muted_until is not None
    assert clearinghouse("alerts", "stop", "1").code == DONE
    assert clearinghouse("alerts", "stop", "1").code == REFUSED


def test_when_a_password_ends_is_said_by_a_person(
    clearinghouse: Command, database: Store, monkeypatch: Any
) -> None:
    add_source(database, "nile")
    monkeypatch.setenv("THE_PASSWORD", "s3cret")
    told = ("--basic-user", "us", "--from-env", "THE_PASSWORD", "--until", "2099-12-31")
    assert clearinghouse("source", "secret", "nile", *told).code == DONE
    [(kind, ends)] = database.secrets.ends("nile").items()
    assert (kind, ends) == ("basic", datetime(2099, 12, 31, tzinfo=UTC))
