"""Faults that nobody survives who sets no limits: answers without end, circles, ways into our own network.

A harvest of such a node fails, or waits, and has to say why; so none of these is drawn at random.
"""

from __future__ import annotations

import gzip
from datetime import timedelta
from email.utils import format_datetime
from functools import cache
from typing import Final

from clearinghouse.simulator.oai_node import Call
from clearinghouse.simulator.switches import Stage, Switch, fault

#: What a cloud tells its own machines, and nobody else, is told at this address.
INSIDE: Final = "http://169.254.169.254/latest/meta-data/"
#: Seconds after which a node that is busy for a day, or for a moment, says that it may be asked again.
A_DAY: Final = 86_400
A_MOMENT: Final = timedelta(seconds=2)
_MEBIBYTE: Final = 1 << 20
#: Of a bomb, unpacked.
_MEBIBYTES: Final = 256
_ENTITIES: Final = (
    b"<!DOCTYPE bomb [<!ENTITY a 'mercury '>"
    + b"".join(b"<!ENTITY %c '%s'>" % (name, b"&%c;" % (name - 1) * 10) for name in range(ord("b"), ord("k")))
    + b"]>\n"
)


@fault(
    "answer-endless", Stage.CODING, "a page begins and never ends, as fast as it can be read", at_random=False
)
def _(call: Call, _switch: Switch) -> None:
    call.is_endless = call.is_list


@fault("answer-drips", Stage.CODING, "a page comes a byte at a time", at_random=False)
def _(call: Call, _switch: Switch) -> None:
    call.drips = call.is_list


@fault(
    "answer-bomb", Stage.CODING, f"some hundred kilobytes that unpack to {_MEBIBYTES} MiB", at_random=False
)
def _(call: Call, _switch: Switch) -> None:
    if call.is_list:
        call.content = _bomb()
        call.headers["Content-Encoding"] = "gzip"


@cache
def _bomb() -> bytes:
    """Members of gzip, one behind the other, are one document (RFC 1952, section 2.2)."""
    return gzip.compress(bytes(_MEBIBYTE), 9, mtime=0) * _MEBIBYTES


@fault(
    "entity-bomb",
    Stage.ANSWER,
    "a document type declaration whose entities grow to gigabytes",
    at_random=False,
)
def _(call: Call, _switch: Switch) -> None:
    if call.is_list:
        declared = call.content.replace(b"\n", b"\n" + _ENTITIES, 1)
        call.content = declared.replace(b"</dc:title>", b"&j;</dc:title>")


@fault("redirects-round", Stage.REQUEST, "it is redirected to itself, for ever", at_random=False)
def _(call: Call, _switch: Switch) -> None:
    call.refuse(302, "elsewhere", Location=call.base_url + "?verb=" + call.given.get("verb", "Identify"))


@fault(
    "redirects-inside", Stage.SELECT, f"lists are redirected to {INSIDE}, a network of ours", at_random=False
)
def _(call: Call, _switch: Switch) -> None:
    call.refuse(302, "elsewhere", Location=INSIDE)


@fault(
    "busy-for-a-day",
    Stage.SELECT,
    f"HTTP status 503 with Retry-After: {A_DAY}, once",
    rows=(15,),
    times=1,
    at_random=False,
    placed=True,
)
def _(call: Call, switch: Switch) -> None:
    if switch.is_here(call.wanted.offset, 0) and switch.strikes(call.wanted.offset):
        call.refuse(503, "tomorrow", Retry_After=str(A_DAY))


@fault(
    "busy-until",
    Stage.SELECT,
    "HTTP status 503 with a date as Retry-After, once",
    rows=(15,),
    times=1,
    at_random=False,
    placed=True,
)
def _(call: Call, switch: Switch) -> None:
    if switch.is_here(call.wanted.offset, 0) and switch.strikes(call.wanted.offset):
        until = format_datetime(call.node.now() + A_MOMENT, usegmt=True)
        call.refuse(503, "soon", Retry_After=until)


@fault("down", Stage.REQUEST, "HTTP status 502 and a page of HTML, whatever is asked", at_random=False)
def _(call: Call, _switch: Switch) -> None:
    call.refuse(502, "<html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>")
