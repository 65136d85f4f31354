"""Faults of answers: statuses, delays, connections, and pages that fail for the sake of one record."""

from __future__ import annotations

from typing import Final

from clearinghouse.simulator.oai_arguments import OaiError
from clearinghouse.simulator.oai_node import Call
from clearinghouse.simulator.switches import Stage, Switch, fault

#: A page that web servers give out in place of an answer.
HTML: Final = (
    b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>Down for maintenance</h1>"
    b"<p>Please come back later.<br></body></html>"
)


def _third_page(call: Call) -> int:
    return call.node.holding.page_size * 2


@fault(
    "fails-for-a-while",
    Stage.SELECT,
    "the third page is HTTP status 500 for six requests",
    rows=(2, 16),
    times=6,
    placed=True,
)
def _(call: Call, switch: Switch) -> None:
    if switch.is_here(call.wanted.offset, _third_page(call)) and switch.strikes(call.wanted.offset):
        call.refuse(500, "internal server error")


@fault(
    "record-fails",
    Stage.RECORDS,
    "HTTP status 500 wherever certain records would be written",
    rows=(14,),
    chance=0.02,
)
def _(call: Call, switch: Switch) -> None:
    if call.verb != "ListIdentifiers" and any(switch.marks(item.id) for item in call.page):
        call.refuse(500, "internal server error")


@fault(
    "record-fails-in-lists",
    Stage.RECORDS,
    "HTTP status 500 for pages with certain records; GetRecord works",
    rows=(14,),
    chance=0.02,
)
def _(call: Call, switch: Switch) -> None:
    if call.verb == "ListRecords" and any(switch.marks(item.id) for item in call.page):
        call.refuse(500, "internal server error")


@fault(
    "busy",
    Stage.SELECT,
    "HTTP status 503 with Retry-After, once for a page",
    rows=(15,),
    chance=0.2,
    times=1,
    placed=True,
)
def _(call: Call, switch: Switch) -> None:
    if switch.is_here(call.wanted.offset) and switch.strikes(call.wanted.offset):
        call.refuse(503, "busy", Retry_After="1")


@fault(
    "too-many",
    Stage.SELECT,
    "HTTP status 429 without Retry-After, once for a page",
    rows=(15,),
    chance=0.2,
    times=1,
    placed=True,
)
def _(call: Call, switch: Switch) -> None:
    if switch.is_here(call.wanted.offset) and switch.strikes(call.wanted.offset):
        call.refuse(429, "too many requests")


@fault(
    "breaks-off",
    Stage.ANSWER,
    "the connection ends in the middle of a page, once",
    rows=(16,),
    chance=0.3,
    times=1,
)
def _(call: Call, switch: Switch) -> None:
    if call.is_list and switch.strikes(call.wanted.offset):
        call.breaks_off = True


@fault(
    "slow-deep",
    Stage.ANSWER,
    "pages behind the fourth take longer than anyone waits",
    rows=(17,),
    placed=True,
)
def _(call: Call, switch: Switch) -> None:
    if call.is_list and switch.is_behind(call.wanted.offset, _third_page(call) * 2):
        call.delay = call.node.slowness


@fault("slow-identify", Stage.ANSWER, "Identify takes longer than anyone waits", rows=(18,))
def _(call: Call, _switch: Switch) -> None:
    if call.verb == "Identify":
        call.delay = call.node.slowness


@fault(
    "odd-error",
    Stage.SELECT,
    "an error code that OAI-PMH does not have, once for a page",
    rows=(19,),
    chance=0.3,
    times=1,
    placed=True,
)
def _(call: Call, switch: Switch) -> None:
    if switch.is_here(call.wanted.offset) and switch.strikes(call.wanted.offset):
        raise OaiError("InternalException", "the database did not answer")


@fault("errors-with-status", Stage.ANSWER, "errors of the protocol come with HTTP status 422", rows=(20, 21))
def _(call: Call, _switch: Switch) -> None:
    if '<error code="' in call.text:
        call.status = 422


@fault("cut-off", Stage.ANSWER, "half a page, as if it were whole, once", rows=(28,), chance=0.3, times=1)
def _(call: Call, switch: Switch) -> None:
    if call.is_list and switch.strikes(call.wanted.offset):
        call.content = call.content[: len(call.content) // 2]


@fault("cut-off-at-record", Stage.ANSWER, "answers end inside certain records", rows=(28,), chance=0.02)
def _(call: Call, switch: Switch) -> None:
    if call.verb == "ListIdentifiers":
        return
    for item in call.page:
        if switch.marks(item.id):
            call.content = call.content[: call.content.find(item.id.encode()) + 200]
            return


@fault(
    "html-page",
    Stage.ANSWER,
    "a page of HTML with status 200, once for a page",
    rows=(31,),
    chance=0.3,
    times=1,
)
def _(call: Call, switch: Switch) -> None:
    if call.is_list and switch.strikes(call.wanted.offset):
        call.content, call.headers = HTML, {"Content-Type": "text/html"}
