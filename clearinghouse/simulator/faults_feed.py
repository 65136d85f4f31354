"""What feeds do."""

from __future__ import annotations

from typing import Final

from clearinghouse.simulator.feed_node import FeedCall
from clearinghouse.simulator.switches import Fault, Stage, Switch, registered

FEED_FAULTS: Final[dict[str, Fault]] = {}
fault = registered(FEED_FAULTS)

#: A feed that has no more than these.
_NEWEST: Final = 20


@fault("rss", Stage.REQUEST, "it is RSS 2.0, and not Atom")
def _(call: FeedCall, _switch: Switch) -> None:
    call.form = "rss"


@fault("rss-1", Stage.REQUEST, "it is RSS 1.0, in RDF")
def _(call: FeedCall, _switch: Switch) -> None:
    call.form = "rss1"


@fault("newest-only", Stage.SELECT, f"it has the {_NEWEST} newest entries, and no pages")
def _(call: FeedCall, _switch: Switch) -> None:
    call.found = [one for one in call.found if not one.deleted][:_NEWEST]


@fault("newest-only", Stage.PAGE)
def _(call: FeedCall, _switch: Switch) -> None:
    call.page, call.following = list(call.found), ""


@fault("says-complete", Stage.PAGE, "it says that it is all that there is (fh:complete)")
def _(call: FeedCall, _switch: Switch) -> None:
    call.complete = True


@fault("tells-deletions", Stage.PAGE, "what is deleted is told (at:deleted-entry)")
def _(call: FeedCall, _switch: Switch) -> None:
    call.tells_deletions = True


@fault("no-dates", Stage.PAGE, "its entries have no dates")
def _(call: FeedCall, _switch: Switch) -> None:
    call.dated = False


@fault("html-entities", Stage.RECORDS, "&nbsp; and &eacute; as in HTML, in some titles", chance=0.1)
def _(call: FeedCall, switch: Switch) -> None:
    for number, item in enumerate(call.page):
        if switch.marks(item.id):
            call.records[number] = call.records[number].replace(
                "</title>", "&nbsp;caf&eacute; &amp; R&D</title>"
            )


@fault("pages-circle", Stage.PAGE, "its last page leads back to the first")
def _(call: FeedCall, _switch: Switch) -> None:
    call.following = call.following or f"{call.base_url}?page=0"


@fault("next-elsewhere", Stage.PAGE, "its second page is on a machine that is not its own")
def _(call: FeedCall, _switch: Switch) -> None:
    call.following = call.following and "http://feeds.internal.invalid/2"


@fault("breaks-off", Stage.ANSWER, "its second page is cut off, once", times=1)
def _(call: FeedCall, switch: Switch) -> None:
    if call.number == 1 and switch.strikes(call.number):
        call.content = call.content[: len(call.content) // 2]
