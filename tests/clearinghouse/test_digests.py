from __future__ import annotations

from typing import Any

from catalogue.store import Store
from factories import add_source

Command = Any


def test_the_monthly_letter_is_shown_and_not_sent(clearinghouse: Command, database: Store) -> None:
    add_source(database, "nile", title="Nile [bold]Library[/bold]")
    said = clearinghouse("digest", "nile", "--month", "2026-10", "--language", "es")
    assert (said.code, said.err) == (0, "")
    assert "Nile [bold]Library[/bold]" in said.out
    assert "octubre" in said.out
    assert database.outbox.newest() == []
    assert clearinghouse("digest", "nobody").code == 3
    assert clearinghouse("digest", "nile", "--month", "May").code == 2
    assert clearinghouse("digest", "nile", "--language", "xx").code == 2
