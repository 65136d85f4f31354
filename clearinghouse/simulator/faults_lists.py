"""Faults of lists: tokens, counts, ranges, datestamps, deletions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

from clearinghouse.simulator.holding import DAYS, Entry, Held, stamp
from clearinghouse.simulator.oai_arguments import OaiError, Selection
from clearinghouse.simulator.oai_node import Call, matching
from clearinghouse.simulator.switches import Stage, Switch, fault

_LISTS: Final = frozenset({"ListRecords", "ListIdentifiers"})
#: So many empty pages in a row.
_EMPTY_RUN: Final = 15


def _page(call: Call, number: int) -> int:
    """The first item of the page with this number, from 0 on."""
    return call.node.holding.page_size * number


@fault(
    "token-expires",
    Stage.SELECT,
    "all tokens that are out are forgotten once, as by a restart",
    rows=(1,),
    times=1,
    placed=True,
)
def _(call: Call, switch: Switch) -> None:
    if switch.is_behind(call.wanted.offset, _page(call, 2)) and switch.strikes("restart"):
        raise OaiError("badResumptionToken", "the session has expired")


@fault("token-dies", Stage.SELECT, "no token leads further than the third page", rows=(1, 2), placed=True)
def _(call: Call, switch: Switch) -> None:
    if switch.is_behind(call.wanted.offset, _page(call, 3)):
        raise OaiError("badResumptionToken", "the token is unknown")


@fault("token-repeats", Stage.PAGE, "each page after the first hands out its own token again", rows=(3,))
def _(call: Call, _switch: Switch) -> None:
    if call.wanted.offset:
        call.token = call.wanted.token(call.wanted.offset)


@fault("token-cycle", Stage.PAGE, "the fourth page leads back to the second", rows=(3,), placed=True)
def _(call: Call, switch: Switch) -> None:
    if switch.is_here(call.wanted.offset, _page(call, 3)):
        call.token = call.wanted.token(_page(call, 1))


@fault("token-at-end", Stage.PAGE, "the last page has a token, which leads to an empty page", rows=(4,))
def _(call: Call, _switch: Switch) -> None:
    if not call.page and call.wanted.offset:
        call.may_be_empty = True
    elif call.page and not call.token:
        call.token = call.wanted.token(len(call.found))


@fault("token-at-end-refused", Stage.PAGE, "the token of the last page is a badResumptionToken", rows=(4,))
def _(call: Call, _switch: Switch) -> None:
    if call.page and not call.token:
        call.token = call.wanted.token(len(call.found))


@fault(
    "token-at-end-no-match", Stage.PAGE, "the token of the last page is answered by noRecordsMatch", rows=(4,)
)
def _(call: Call, _switch: Switch) -> None:
    if not call.page:
        raise OaiError("noRecordsMatch", "no more records")
    if not call.token:
        call.token = call.wanted.token(len(call.found))


@fault("empty-pages", Stage.PAGE, "empty pages in the middle of the list", rows=(5,), chance=0.5)
def _(call: Call, switch: Switch) -> None:
    if call.page and call.mark != "e" and switch.marks(call.wanted.offset):
        call.page, call.token, call.note, call.may_be_empty = (
            [],
            call.wanted.token(call.wanted.offset),
            "e",
            True,
        )


@fault(
    "empty-run",
    Stage.PAGE,
    f"{_EMPTY_RUN} empty pages one after the other, behind the second page",
    rows=(5,),
    placed=True,
)
def _(call: Call, switch: Switch) -> None:
    # Another fault may remember something else behind the token.
    run = int(call.mark) if call.mark.isdigit() else 0
    if call.page and run < _EMPTY_RUN and switch.is_here(call.wanted.offset, _page(call, 2)):
        call.page, call.token, call.may_be_empty = [], call.wanted.token(call.wanted.offset), True
        call.note = str(run + 1)


@fault("no-end-token", Stage.PAGE, "the last page has no resumptionToken element", rows=(6,))
def _(call: Call, _switch: Switch) -> None:
    call.token = call.token or None


@fault("end-token-always", Stage.PAGE, "a list of one page has an empty resumptionToken element", rows=(6,))
def _(call: Call, _switch: Switch) -> None:
    call.token = call.token or ""


@fault("never-ends", Stage.PAGE, "behind the end the list begins again, with fresh tokens", rows=(7,))
def _(call: Call, _switch: Switch) -> None:
    total, size, start = len(call.found), call.node.holding.page_size, call.wanted.offset
    if total:
        call.page = [call.found[(start + number) % total] for number in range(min(size, total))]
        call.token = call.wanted.token(start + size)


@fault("pages-vary", Stage.PAGE, "pages are shorter than they might be, each in its own way", rows=(4,))
def _(call: Call, _switch: Switch) -> None:
    size, start = call.node.holding.page_size, call.wanted.offset
    length = size - crc32(call.wanted.token(start).encode()) % max(1, size // 3)
    if len(call.page) > length:
        call.page = call.page[:length]
        call.token = call.wanted.token(start + length)


@fault("size-missing", Stage.PAGE, "there is no completeListSize", rows=(4, 8))
def _(call: Call, _switch: Switch) -> None:
    call.size = ""


@fault("size-wrong", Stage.PAGE, "completeListSize is three fifths of the list", rows=(8,))
def _(call: Call, _switch: Switch) -> None:
    call.size = str(len(call.found) * 3 // 5)


@fault("size-changes", Stage.PAGE, "completeListSize is another one on each page", rows=(8,))
def _(call: Call, _switch: Switch) -> None:
    call.size = str(len(call.found) + crc32(str(call.wanted.offset).encode()) % 1000)


@fault("cursor-pages", Stage.PAGE, "cursor counts pages, not records", rows=(9,))
def _(call: Call, _switch: Switch) -> None:
    call.cursor = str(call.wanted.offset // call.node.holding.page_size)


@fault("cursor-nonsense", Stage.PAGE, "cursor is no number", rows=(9,))
def _(call: Call, _switch: Switch) -> None:
    call.cursor = "-1 of many"


@fault("token-wants-prefix", Stage.REQUEST, "a token without metadataPrefix is a badArgument", rows=(12,))
def _(call: Call, _switch: Switch) -> None:
    if call.verb in _LISTS and "resumptionToken" in call.given:
        if "metadataPrefix" not in call.given:
            raise OaiError("badArgument", "metadataPrefix is missing")
        call.replace_argument("metadataPrefix", None)


@fault(
    "refuses-prefix", Stage.REQUEST, "metadataPrefix is a badArgument: there is one format only", rows=(12,)
)
def _(call: Call, _switch: Switch) -> None:
    if "metadataPrefix" in call.given:
        raise OaiError("badArgument", "metadataPrefix is not understood")
    if call.verb in {*_LISTS, "GetRecord"} and "resumptionToken" not in call.given:
        call.replace_argument("metadataPrefix", call.node.holding.prefixes[0])


@fault("token-drops-range", Stage.PAGE, "later pages forget from, until and set", rows=(13,))
def _(call: Call, _switch: Switch) -> None:
    if call.token:
        # Where another fault leads on to another page, this one leads there, too.
        at = call.token.rpartition("/")[2]
        following = int(at) if at.isdecimal() else call.wanted.offset + call.node.holding.page_size
        call.token = Selection(call.wanted.prefix).token(following)


@fault("refuses-seconds", Stage.REQUEST, "says seconds, and takes only days", rows=(32,))
def _(call: Call, _switch: Switch) -> None:
    _refuse_seconds(call)


@fault("days-misdeclared", Stage.REQUEST, "says days, and gives datestamps in seconds", rows=(33,))
def _(call: Call, _switch: Switch) -> None:
    _refuse_seconds(call)


@fault("days-misdeclared", Stage.IDENTIFY)
def _(call: Call, _switch: Switch) -> None:
    call.identify["granularity"] = DAYS
    call.identify["earliestDatestamp"] = call.identify["earliestDatestamp"][: len(DAYS)]


def _refuse_seconds(call: Call) -> None:
    for name in ("from", "until"):
        if "T" in call.given.get(name, ""):
            raise OaiError("badArgument", f"{name} is not a date of granularity {DAYS}")


@fault("day-range-broken", Stage.SELECT, "until a day ends as the day begins", rows=(33,))
def _(call: Call, _switch: Switch) -> None:
    until = call.wanted.until
    if len(until) == len(DAYS):
        end = f"{until}T00:00:00Z"
        call.found = [item for item in call.found if item.datestamp <= end]


@fault("ignores-dates", Stage.SELECT, "from and until change nothing", rows=(13, 33))
def _(call: Call, _switch: Switch) -> None:
    call.wanted = replace(call.wanted, from_="", until="")
    call.found = matching(call.held, call.wanted)


def _mapped(call: Call, change: Callable[[Held], Held]) -> None:
    """Every item changed before it is looked which of them match."""
    call.held = sorted(map(change, call.held), key=lambda item: (item.datestamp, item.id))
    call.found = matching(call.held, call.wanted)


def _entry(item: Held, **fields: object) -> Entry:
    entry = Entry(item.id, item.datestamp, item.sets, item.deleted, getattr(item, "payload", ""))
    return replace(entry, **fields)  # type: ignore[arg-type] # the fields of Entry


@fault("mixed-datestamps", Stage.SELECT, "some datestamps are days, some seconds", rows=(33,), chance=0.5)
def _(call: Call, switch: Switch) -> None:
    _mapped(
        call,
        lambda item: _entry(item, datestamp=item.datestamp[: len(DAYS)]) if switch.marks(item.id) else item,
    )


@fault(
    "earliest-lies",
    Stage.IDENTIFY,
    "earliestDatestamp is when it was moved; what is older is refused",
    rows=(35,),
)
def _(call: Call, _switch: Switch) -> None:
    call.identify["earliestDatestamp"] = _moved(call)


@fault("earliest-lies", Stage.REQUEST)
def _(call: Call, _switch: Switch) -> None:
    moved = _moved(call)
    for name in ("from", "until"):
        if name in call.given and call.given[name] < moved[: len(call.given[name])]:
            raise OaiError("badArgument", f"{name} is before earliestDatestamp")


def _moved(call: Call) -> str:
    items = call.node.holding.listed()
    return items[len(items) // 2].datestamp


@fault("unordered", Stage.SELECT, "records come in no order of their datestamps", rows=(36,))
def _(call: Call, _switch: Switch) -> None:
    call.found = sorted(call.found, key=lambda item: crc32(item.id.encode()))


@fault("clock-ahead", Stage.REQUEST, "its responseDate is three days ahead of its datestamps", rows=(36,))
def _(call: Call, _switch: Switch) -> None:
    call.moment = stamp(call.node.now() + timedelta(days=3))


@fault("clock-behind", Stage.REQUEST, "its clock is three days late", rows=(36,))
def _(call: Call, _switch: Switch) -> None:
    call.moment = stamp(call.node.now() - timedelta(days=3))


@fault("clock-nonsense", Stage.REQUEST, "its responseDate is no date", rows=(36,))
def _(call: Call, _switch: Switch) -> None:
    call.moment = "soon"


@fault("future-datestamps", Stage.SELECT, "some datestamps are in the year 2099", rows=(36,), chance=0.05)
def _(call: Call, switch: Switch) -> None:
    length = len("2099-01-01") if call.node.holding.granularity == DAYS else None
    future = "2099-01-01T00:00:00Z"[:length]
    _mapped(call, lambda item: _entry(item, datestamp=future) if switch.marks(item.id) else item)


@fault("same-datestamp", Stage.SELECT, "a re-index gave everything the same datestamp", rows=(37,))
def _(call: Call, _switch: Switch) -> None:
    items = call.node.holding.listed()
    same = items[-1].datestamp if items else ""
    _mapped(call, lambda item: _entry(item, datestamp=same))


@fault("loaded-at-once", Stage.SELECT, "all datestamps lie within an hour: it was loaded at once", rows=(37,))
def _(call: Call, _switch: Switch) -> None:
    items = call.node.holding.listed()
    end = datetime.fromisoformat(items[-1].datestamp).replace(tzinfo=UTC)
    places = {
        item.id: end - timedelta(seconds=3600 * n / len(items)) for n, item in enumerate(reversed(items))
    }
    length = len(items[-1].datestamp)
    _mapped(call, lambda item: _entry(item, datestamp=stamp(places[item.id])[:length]))


@fault("expiration-without-zone", Stage.PAGE, "expirationDate has no Z", rows=(38,))
def _(call: Call, _switch: Switch) -> None:
    call.attributes += f' expirationDate="{call.moment.removesuffix("Z")}"'


@fault(
    "forgets-deletions", Stage.IDENTIFY, "what is deleted is listed no more, and was never told", rows=(40,)
)
def _(call: Call, _switch: Switch) -> None:
    call.identify["deletedRecord"] = "no"


@fault("forgets-deletions", Stage.SELECT)
def _(call: Call, _switch: Switch) -> None:
    call.found = [item for item in call.found if not item.deleted]


@fault(
    "deleted-in-one-set",
    Stage.SELECT,
    "some records are deleted in the set `laws`, and live in `plans`",
    rows=(41,),
    chance=0.1,
)
def _(call: Call, switch: Switch) -> None:
    def change(item: Held) -> Held:
        if item.deleted or item.sets != ("plans",) or not switch.marks(item.id):
            return item
        return _entry(item, sets=("plans", "laws"), deleted=call.wanted.set_spec == "laws")

    _mapped(call, change)


@fault(
    "still-deleted",
    Stage.PAGE,
    "the last page tells records as deleted that were made anew since",
    rows=(42,),
    chance=0.1,
)
def _(call: Call, switch: Switch) -> None:
    if not call.token:
        old = "2001-01-01T00:00:00Z"[: len(call.found[0].datestamp)] if call.found else ""
        again = [item for item in call.found if not item.deleted and switch.marks(item.id)]
        call.page += [_entry(item, datestamp=old, deleted=True) for item in again]


@fault("many-deletions", Stage.SELECT, "nine of ten records are told as deleted", rows=(43,), chance=0.9)
def _(call: Call, switch: Switch) -> None:
    _mapped(call, lambda item: _entry(item, deleted=True) if switch.marks(item.id) else item)


@fault("duplicates", Stage.PAGE, "some records are listed twice", rows=(42,), chance=0.1)
def _(call: Call, switch: Switch) -> None:
    call.page = [item for one in call.page for item in ([one, one] if switch.marks(one.id) else [one])]


@fault("pages-overlap", Stage.PAGE, "each page begins with the last record of the page before", rows=(36,))
def _(call: Call, _switch: Switch) -> None:
    if call.page and call.wanted.offset:
        call.page.insert(0, call.found[call.wanted.offset - 1])
