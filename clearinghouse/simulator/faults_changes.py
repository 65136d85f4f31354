"""Faults that show from one harvest to the next: sets that are gone, late records, new identifiers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from clearinghouse.simulator.holding import Entry, Held, dublin_core, stamp
from clearinghouse.simulator.oai_node import Call, matching
from clearinghouse.simulator.switches import Stage, Switch, fault

#: The set that a node has given up.
GIVEN_UP: Final = "training"
_IN_LIST_OF_SETS: Final = re.compile(rb"<set><setSpec>" + GIVEN_UP.encode() + rb"</setSpec>.*?</set>")
#: So long after their datestamps records are listed by a node that is late.
LATE: Final = timedelta(days=1)


@fault("gives-up-a-set", Stage.SELECT, f"the set `{GIVEN_UP}` is gone: noRecordsMatch", rows=(22,))
def _(call: Call, _switch: Switch) -> None:
    if call.wanted.set_spec == GIVEN_UP:
        call.found = []


@fault("gives-up-a-set", Stage.ANSWER)
def _(call: Call, _switch: Switch) -> None:
    if call.verb == "ListSets":
        call.content = _IN_LIST_OF_SETS.sub(b"", call.content)


@fault(
    "mixed-range-fails",
    Stage.REQUEST,
    "HTTP status 500 where one of from and until is a day, and the other a second",
    rows=(34,),
)
def _(call: Call, _switch: Switch) -> None:
    if {"from", "until"} <= call.given.keys() and len(call.given["from"]) != len(call.given["until"]):
        call.refuse(500, "internal server error")


@fault("listed-late", Stage.SELECT, "records are listed a day after their datestamps", rows=(39,))
def _(call: Call, switch: Switch) -> None:
    newest = stamp(call.node.now() - LATE)
    call.found = [
        item
        for item in call.found
        if item.datestamp <= newest[: len(item.datestamp)] or not switch.marks(item.id)
    ]


@fault(
    "new-identifiers",
    Stage.SELECT,
    "every record has another identifier since an upgrade",
    rows=(49,),
    at_random=False,
)
def _(call: Call, switch: Switch) -> None:
    call.held = sorted(
        (_moved(item) if switch.marks(item.id) else item for item in call.held),
        key=lambda item: (item.datestamp, item.id),
    )
    call.found = matching(call.held, call.wanted)


def moved(identifier: str) -> str:
    """The identifier of a record since the upgrade."""
    return f"oai:upgraded.{identifier.removeprefix('oai:')}"


def _moved(item: Held) -> Entry:
    payload = getattr(item, "payload", "") or dublin_core(item.id)
    entry = Entry(item.id, item.datestamp, item.sets, item.deleted, payload)
    return replace(entry, id=moved(item.id))
