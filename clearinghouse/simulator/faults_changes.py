"""Faults that show from one harvest to the next: what is gone, late or renamed; and lists of sets."""

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
_SETS_TOLD: Final = re.compile(rb"<ListSets>.*</ListSets>", re.DOTALL)
#: Sets of a node that has very many, and those on one of its pages.
_SETS: Final = 3000
_SETS_ON_A_PAGE: Final = 100
_ABSTRACT_IN_FRENCH: Final = re.compile(r'<dc:description xml:lang="fr">.*?</dc:description>')
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
    "many-sets",
    Stage.REQUEST,
    f"there are {_SETS} further sets, {_SETS_ON_A_PAGE} to a page of ListSets, and its own come last",
    at_random=False,
)
def _(call: Call, _switch: Switch) -> None:
    if call.verb == "ListSets":
        call.mark = call.given.get("resumptionToken", "0")
        call.replace_argument("resumptionToken", None)


@fault("many-sets", Stage.ANSWER)
def _(call: Call, _switch: Switch) -> None:
    if call.verb != "ListSets" or not call.mark.isdigit():
        return
    begin, end = int(call.mark), int(call.mark) + _SETS_ON_A_PAGE
    if begin < _SETS:
        told = "".join(
            f"<set><setSpec>author-{number}</setSpec><setName>Author {number}</setName></set>"
            for number in range(begin, end)
        )
        _tell_sets(call, f"{told}<resumptionToken>{end}</resumptionToken>")


@fault("sets-in-a-circle", Stage.REQUEST, "ListSets hands out its one token for ever", at_random=False)
def _(call: Call, _switch: Switch) -> None:
    if call.verb == "ListSets":
        call.replace_argument("resumptionToken", None)


@fault("sets-in-a-circle", Stage.ANSWER)
def _(call: Call, _switch: Switch) -> None:
    if call.verb == "ListSets":
        told = "<set><setSpec>round</setSpec><setName>Round</setName></set>"
        _tell_sets(call, f"{told}<resumptionToken>more</resumptionToken>")


def _tell_sets(call: Call, told: str) -> None:
    call.content = _SETS_TOLD.sub(f"<ListSets>{told}</ListSets>".encode(), call.content)


@fault("goes-empty", Stage.SELECT, "every list is empty: noRecordsMatch", rows=(40,), at_random=False)
def _(call: Call, _switch: Switch) -> None:
    call.held = call.found = []


@fault(
    "loses-most",
    Stage.SELECT,
    "most records are listed no more, and were never told as deleted",
    rows=(40,),
    chance=0.8,
    at_random=False,
)
def _(call: Call, switch: Switch) -> None:
    call.held = [item for item in call.held if not switch.marks(item.id)]
    call.found = [item for item in call.found if not switch.marks(item.id)]


@fault("loses-language", Stage.RECORDS, "its abstracts in French are gone", at_random=False)
def _(call: Call, switch: Switch) -> None:
    for number, item in enumerate(call.page):
        if switch.marks(item.id):
            call.records[number] = _ABSTRACT_IN_FRENCH.sub("", call.records[number])


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
