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


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Nile.example.org:8443/csw", "nile.example.org"),
        ("http://nile.example.org./oai?x=1", "nile.example.org"),
        ("http://NILE.EXAMPLE.ORG", "nile.example.org"),
        ("http://[2001:DB8::1]:8080/oai", "2001:db8::1"),
        ("http://192.0.2.1:80/", "192.0.2.1"),
    ],
)
def test_the_host_is_what_one_harvest_at_a_time_is_allowed_for(address: str, host: str) -> None:
    assert Source("nile", Protocol.CSW, address).host == host


def test_people_call_it_by_the_best_name_there_is() -> None:
    assert Source("nile", Protocol.CSW, "https://nile.example.org").label == "nile"
    named = Source("nile", Protocol.CSW, "https://nile.example.org", repository_name="The Nile")
    assert named.label == "The Nile"
