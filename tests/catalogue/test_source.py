from __future__ import annotations

import pytest

from catalogue.errors import SettingsError
from catalogue.source import Protocol, Source


@pytest.mark.parametrize(
    ("source_id", "base_url", "why"),
    [
        ("Nile", "https://nile.example.org/oai", "not a source id"),
        ("nile:1", "https://nile.example.org/oai", "not a source id"),
        ("-nile", "https://nile.example.org/oai", "not a source id"),
        ("n" * 65, "https://nile.example.org/oai", "not a source id"),
        ("nile", "ftp://nile.example.org/oai", "not an http or https address"),
        ("nile", "nile.example.org/oai", "not an http or https address"),
        ("nile", "https:///oai", "not an http or https address"),
        ("nile", "https://me:secret@nile.example.org/oai", "user name or password"),
        ("nile", "https://me@nile.example.org/oai", "user name or password"),
    ],
)
def test_what_cannot_be_harvested_is_refused_in_words(source_id: str, base_url: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as refusal:
        Source(source_id, Protocol.OAI_PMH, base_url)
    assert "secret" not in str(refusal.value)


def test_host_and_port_are_what_one_harvest_at_a_time_is_allowed_for() -> None:
    assert Source("nile", Protocol.CSW, "https://Nile.example.org:8443/csw").host == "nile.example.org:8443"


def test_people_call_it_by_the_best_name_there_is() -> None:
    assert Source("nile", Protocol.CSW, "https://nile.example.org").label == "nile"
    named = Source("nile", Protocol.CSW, "https://nile.example.org", repository_name="The Nile")
    assert named.label == "The Nile"
