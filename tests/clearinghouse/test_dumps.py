from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from catalogue.errors import SettingsError
from catalogue.record import Record, Text
from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from clearinghouse.dumps import Nightly
from endpoint.dump.index import read_index
from factories import fill


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(dump_folder=str(tmp_path / "dump"), dump_schedule="40 1 * * *")


def written(settings: Settings) -> list[str]:
    return [dump.kind for dump in read_index(Path(settings.dump_folder))]


def test_a_dump_is_written_once_a_night_however_many_processes_look(
    sqlite_store: Store, settings: Settings
) -> None:
    fill(sqlite_store, {"a": Record(Text.of("Waste"))})
    with time_machine.travel(datetime(2026, 3, 9, 1, 0, tzinfo=UTC), tick=False) as clock:
        one, two = Nightly(settings, sqlite_store), Nightly(settings, sqlite_store)
        one.look()
        assert written(settings) == []
        clock.move_to(datetime(2026, 3, 9, 1, 41, tzinfo=UTC))
        for nightly in (one, two, one):
            nightly.look()
        assert len(written(settings)) == 1


def test_no_schedule_no_dump_and_what_is_no_schedule_is_refused(sqlite_store: Store, tmp_path: Path) -> None:
    never = load_settings(dump_folder=str(tmp_path / "dump"), dump_schedule="")
    Nightly(never, sqlite_store).look()
    assert written(never) == []
    with pytest.raises(SettingsError):
        Nightly(load_settings(dump_schedule="at night"), sqlite_store)
