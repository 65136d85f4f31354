"""Faults of catalogue services. Rows are those of the list of what real servers do that begin with C."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Final

from clearinghouse.simulator import faults_xml as faults_xml  # noqa: PLC0414 - registers those of XML
from clearinghouse.simulator.csw_node import VERSIONS, CswCall, Refusal
from clearinghouse.simulator.faults_answers import HTML
from clearinghouse.simulator.holding import Entry, stamp
from clearinghouse.simulator.switches import FAULTS, Fault, Stage, Switch, registered

#: Faults of characters and markup: a csw:Record has titles as well as an oai_dc has.
_OF_XML: Final = (
    "control-characters",
    "character-references",
    "invalid-utf8",
    "stray-ampersands",
    "stray-less-than",
    "unclosed-tags",
    "wrong-encoding",
    "text-before",
    "text-after",
)
CSW_FAULTS: Final[dict[str, Fault]] = {name: replace(FAULTS[name], rows=()) for name in _OF_XML}
fault = registered(CSW_FAULTS)

_SERVER_ERROR: Final = 500
_NOT_ALLOWED: Final = 405
_BUSY: Final = 503
#: No page has more records than this.
_CAP: Final = 7
#: A page is so many records shorter than it was asked for.
_SHORT: Final = 3
#: A page of more records than this is slow.
_QUICK: Final = 20
#: So far is a clock ahead.
_AHEAD: Final = timedelta(days=3 * 365)
#: Stands for a record that nobody may see.
_HIDDEN: Final = Entry("hidden", "2026-01-01T00:00:00Z")
#: Of the records, so many cannot be written.
_FEW: Final = 0.02


@fault("next-record-one", Stage.PAGE, "nextRecord is always 1", rows=(1,))
def _(call: CswCall, _switch: Switch) -> None:
    call.next_record = 1


@fault("next-record-start", Stage.PAGE, "nextRecord is where the page began", rows=(1,))
def _(call: CswCall, _switch: Switch) -> None:
    call.next_record = call.start


@fault("next-record-never-zero", Stage.PAGE, "nextRecord of the last page leads past the end", rows=(1,))
def _(call: CswCall, _switch: Switch) -> None:
    call.next_record = call.start + len(call.page)


@fault("next-record-missing", Stage.PAGE, "there is no nextRecord", rows=(1,))
def _(call: CswCall, _switch: Switch) -> None:
    call.next_record = None


@fault("next-record-zero", Stage.PAGE, "nextRecord is 0 on every page", rows=(1,))
def _(call: CswCall, _switch: Switch) -> None:
    call.next_record = 0


@fault("capped", Stage.REQUEST, f"no page has more than {_CAP} records", rows=(2, 5))
def _(call: CswCall, _switch: Switch) -> None:
    call.size = min(call.size, _CAP)


@fault("next-from-asked", Stage.REQUEST, "pages are short, and nextRecord is as if they were not", rows=(2,))
def _(call: CswCall, _switch: Switch) -> None:
    call.size = max(1, call.size - _SHORT)


@fault("next-from-asked", Stage.PAGE)
def _(call: CswCall, _switch: Switch) -> None:
    following = call.start + call.size + _SHORT
    call.next_record = following if call.next_record and following <= len(call.found) else call.next_record


@fault("hidden-page", Stage.SELECT, "its second page is empty: what nobody may see is counted all the same")
def _(call: CswCall, _switch: Switch) -> None:
    call.found = [*call.found[: call.size], *[_HIDDEN] * call.size, *call.found[call.size :]]


@fault("hidden-page", Stage.PAGE)
def _(call: CswCall, _switch: Switch) -> None:
    call.page = [one for one in call.page if one is not _HIDDEN]
    call.returned = len(call.page)


@fault("duplicates", Stage.SELECT, "some records are listed twice", rows=(3,), chance=0.1)
def _(call: CswCall, switch: Switch) -> None:
    call.found = [one for one in call.found for _ in range(1 + switch.marks(one.id))]


@fault("goes-empty", Stage.SELECT, "nothing matches, whatever is asked")
def _(call: CswCall, _switch: Switch) -> None:
    call.found = []


@fault("busy", Stage.SELECT, "HTTP status 503 with Retry-After, once for a page", chance=0.3, times=1)
def _(call: CswCall, switch: Switch) -> None:
    if switch.strikes(call.start):
        raise Refusal("", "busy", _BUSY, Retry_After="1")


@fault("html-page", Stage.ANSWER, "a page of HTML with status 200, once for a page", chance=0.3, times=1)
def _(call: CswCall, switch: Switch) -> None:
    if call.is_list and switch.strikes(call.start):
        call.content, call.media_type = HTML, "text/html"


@fault("cut-off", Stage.ANSWER, "half a page, as if it were whole, once", chance=0.3, times=1)
def _(call: CswCall, switch: Switch) -> None:
    if call.is_list and switch.strikes(call.start):
        call.content = call.content[: len(call.content) // 2]


@fault("unordered", Stage.SELECT, "pages are dealt out anew for each request that does not sort", rows=(3,))
def _(call: CswCall, switch: Switch) -> None:
    if not call.sort_by:
        dealt = list(call.found)
        random.Random(f"{switch.seed}/{call.start}").shuffle(dealt)  # noqa: S311 - a draw to be repeated
        call.found = dealt


@fault("sort-refused", Stage.REQUEST, "an exception report for whoever sorts", rows=(3,))
def _(call: CswCall, _switch: Switch) -> None:
    if call.sort_by:
        raise Refusal("InvalidParameterValue", "sorting is not supported")


@fault("record-fails", Stage.PAGE, "HTTP status 500 for pages with certain records", rows=(4,), chance=_FEW)
def _(call: CswCall, switch: Switch) -> None:
    if _is_struck(call, switch):
        raise Refusal("", "internal error", _SERVER_ERROR)


@fault(
    "record-report", Stage.PAGE, "an exception report where certain records would be", rows=(4,), chance=_FEW
)
def _(call: CswCall, switch: Switch) -> None:
    if _is_struck(call, switch):
        raise Refusal("NoApplicableCode", "a record cannot be serialised", 200)


@fault("record-breaks-xml", Stage.ANSWER, "pages with certain records break off", rows=(4,), chance=_FEW)
def _(call: CswCall, switch: Switch) -> None:
    if call.is_list and _is_struck(call, switch):
        call.content = call.content[: len(call.content) * 2 // 3]


@fault(
    "slow-pages",
    Stage.REQUEST,
    f"more than {_QUICK} records take longer than anyone waits",
    rows=(5,),
)
def _(call: CswCall, _switch: Switch) -> None:
    if call.is_list and call.size > _QUICK:
        call.delay = call.node.slowness


@fault("filter-refused", Stage.REQUEST, "an exception report for the filter that it says it has", rows=(6,))
def _(call: CswCall, _switch: Switch) -> None:
    if call.since:
        raise Refusal("InvalidParameterValue", "no such queryable")


@fault("filter-ignored", Stage.REQUEST, "everything matches, whatever the filter says", rows=(6,))
def _(call: CswCall, _switch: Switch) -> None:
    call.since = ""


@fault("matched-missing", Stage.PAGE, "there is no numberOfRecordsMatched")
def _(call: CswCall, _switch: Switch) -> None:
    call.matched = None


@fault("matched-too-many", Stage.PAGE, "numberOfRecordsMatched is twice the list")
def _(call: CswCall, _switch: Switch) -> None:
    call.matched = 2 * len(call.found)


@fault("matched-changes", Stage.PAGE, "numberOfRecordsMatched grows with each page")
def _(call: CswCall, _switch: Switch) -> None:
    call.matched = len(call.found) + call.start


@fault("get-only", Stage.REQUEST, "HTTP status 405 for whoever posts")
def _(call: CswCall, _switch: Switch) -> None:
    if call.method == "POST":
        raise Refusal("", "method not allowed", _NOT_ALLOWED)


@fault("post-only", Stage.REQUEST, "HTTP status 405 for GET")
def _(call: CswCall, _switch: Switch) -> None:
    if call.method == "GET":
        raise Refusal("", "method not allowed", _NOT_ALLOWED)


@fault("soap-only", Stage.REQUEST, "whatever does not come in an envelope of SOAP 1.2 is refused")
def _(call: CswCall, _switch: Switch) -> None:
    if not call.soap:
        raise Refusal("NoApplicableCode", "this is a SOAP service")


@fault("version-3-only", Stage.REQUEST, "only 3.0.0 is spoken")
def _(call: CswCall, _switch: Switch) -> None:
    call.node.version = "3.0.0"


@fault("version-2-fails", Stage.REQUEST, "it speaks both versions, and gives records in 3.0.0 only")
def _(call: CswCall, _switch: Switch) -> None:
    call.node.version = call.version if call.version in VERSIONS else "2.0.2"
    if call.is_list and call.version != "3.0.0":
        raise Refusal("NoApplicableCode", "java.lang.NullPointerException")


@fault("advertises-elsewhere", Stage.IDENTIFY, "the capabilities name a machine that is not there")
def _(call: CswCall, _switch: Switch) -> None:
    call.advertised = "http://catalogue.internal.invalid:8080/csw"


@fault("clock-ahead", Stage.REQUEST, "its clock is three years ahead of its datestamps")
def _(call: CswCall, _switch: Switch) -> None:
    call.moment = stamp(call.node.now() + _AHEAD)


@fault("page-repeats", Stage.SELECT, "startPosition is not looked at")
def _(call: CswCall, _switch: Switch) -> None:
    call.start = 1


def _is_struck(call: CswCall, switch: Switch) -> bool:
    """Whether a record that cannot be written is on the page; its identifier alone can be."""
    return call.element_set == "full" and any(switch.marks(one.id) for one in call.page)
