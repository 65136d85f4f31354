from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalogue.errors import SettingsError
from catalogue.quirks import Quirks, causes, names
from catalogue.source import Protocol, Source
from catalogue.store import Store


def test_a_source_is_taken_to_do_what_the_standard_says_until_it_is_said_otherwise() -> None:
    assert Quirks().to_json() == {}
    assert all(causes()[name] for name in names())


@pytest.mark.parametrize(("text", "value"), [("on", True), ("yes", True), ("off", False), ("", False)])
def test_quirks_are_written_as_people_write_them(text: str, value: bool) -> None:  # noqa: FBT001
    assert Quirks().set("tls-unverified", text).tls_unverified is value


@pytest.mark.parametrize(
    ("name", "text"),
    [("tls-unverified", "perhaps"), ("sticky-tape", "on"), ("csw-method", "put"), ("page-size", "-1")],
)
def test_what_is_no_quirk_is_refused_in_words(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match="quirk"):
        Quirks().set(name, text)


def test_quirks_stay_with_their_source(store: Store) -> None:
    quirks = Quirks(tls_unverified=True)
    source = Source("nile", Protocol.OAI_PMH, "https://nile.example.org/oai", quirks=quirks)
    store.sources.add(source, datetime.now(UTC))
    assert store.sources.get("nile").quirks == quirks
    assert store.sources.change("nile", quirks=Quirks()).quirks == Quirks()


def test_what_a_newer_release_wrote_is_left_out() -> None:
    assert Quirks.from_json({"tls_unverified": True, "of_tomorrow": 3}) == Quirks(tls_unverified=True)
