from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog

from catalogue.errors import SettingsError
from catalogue.settings import load_settings
from clearinghouse import logs
from factories import add_source, open_run
from harvester.work import Work


@pytest.fixture
def json_log() -> Iterator[StringIO]:
    """Logging as set up for machines, and as it was again afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    before = structlog.get_config()
    logs.configure(load_settings(log_json=True))
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    written = StringIO()
    handler.setStream(written)
    yield written
    structlog.configure(**before)
    root.handlers, root.level = handlers, level


def lines(written: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_what_is_logged_at_a_run_names_it_and_its_source(
    sqlite_store: Any, json_log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_source(sqlite_store)
    run = open_run(sqlite_store)

    def sliced(_work: Work, _run: object) -> None:
        structlog.get_logger("ours").info("a thing", number=1)
        logging.getLogger("a.library").warning("another %s", "thing")

    monkeypatch.setattr(Work, "_slice", sliced)
    Work(sqlite_store, load_settings()).slice(run)
    structlog.get_logger("ours").info("afterwards")
    ours, theirs, after = lines(json_log)
    assert (ours["event"], ours["run"], ours["source"], ours["number"]) == ("a thing", run.id, "nile", 1)
    assert (theirs["event"], theirs["run"], theirs["source"]) == ("another thing", run.id, "nile")
    assert theirs["logger"] == "a.library"
    assert {"level", "logger", "timestamp"} <= ours.keys()
    assert "run" not in after


def test_an_error_is_one_line(json_log: StringIO) -> None:
    try:
        load_settings(port=0, host="two\nlines")
    except SettingsError:
        structlog.get_logger("ours").exception("it failed\ntwice")
    [line] = lines(json_log)
    assert line["event"] == "it failed\ntwice"
    assert "SettingsError: settings: port" in line["exception"]
