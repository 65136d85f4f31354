"""Checks of CSW (OGC 07-006r1 and 12-176r7), and of lists that are neither CSW nor OAI-PMH."""

from __future__ import annotations

from itertools import pairwise

from catalogue.namespaces import GMD
from harvester.doctor.checks.verdict import Verdict, advice, blocking, check, csw_check, good, problem
from harvester.doctor.csw import schema_name
from harvester.doctor.observation import CswPage, CswSeen, Observation


@csw_check("capabilities")
def capabilities(seen: CswSeen, _: Observation) -> Verdict | None:
    """GetCapabilities answers, and names the service (07-006r1, section 10.4)."""
    if not seen.version:
        return blocking("no-answer", why=seen.capabilities.error)
    if not seen.title:
        return advice("nameless", version=seen.version)
    return good(version=seen.version, title=seen.title)


@csw_check("advertised")
def advertised(seen: CswSeen, whole: Observation) -> Verdict | None:
    """The addresses in the capabilities are where it answers (05-008, section 7.4.6)."""
    if not seen.version:
        return None
    if seen.elsewhere:
        return problem("elsewhere", told=seen.elsewhere[0], asked=whole.base_url)
    return good()


@csw_check("records")
def records(seen: CswSeen, _: Observation) -> Verdict | None:
    """GetRecords gives records (07-006r1, section 10.8)."""
    first = seen.pages[0] if seen.pages else None
    if first is None:
        return None
    if not first.reply.is_good:
        return blocking("failed", why=first.reply.error)
    if not first.items:
        return problem("none-given", matched=first.matched) if first.matched else blocking("empty")
    return good(matched="?" if first.matched is None else first.matched, method=seen.method)


@csw_check("csw-version")
def version(seen: CswSeen, _: Observation) -> Verdict | None:
    """It gives records in the version that it says it speaks (12-176r7, section 7.1)."""
    if seen.refused is None:
        return None
    told = {"broken": seen.refused_version, "works": seen.version, "why": seen.refused.error}
    return problem("one-only", **told).needing(csw_version=seen.version)


@csw_check("csw-method")
def method(seen: CswSeen, _: Observation) -> Verdict | None:
    """Both methods that it advertises work (07-006r1, section 10.8.2)."""
    told = {"POST": seen.post, "GET": seen.get}
    asked = {name: reply for name, reply in told.items() if reply is not None}
    broken = [name for name, reply in asked.items() if not reply.is_good]
    if not asked or len(broken) == len(asked):
        return None
    if broken:
        works = "get" if broken[0] == "POST" else "post"
        why = asked[broken[0]].error
        return problem("one-only", broken=broken[0], why=why).needing(csw_method=works)
    return good(methods=", ".join(asked))


@csw_check("csw-schema")
def schema(seen: CswSeen, _: Observation) -> Verdict | None:
    """It gives ISO 19139, which keeps what Dublin Core loses."""
    if not seen.schema:
        return None
    name = schema_name(seen.schema, seen.version)
    return good(name=name) if seen.schema == GMD else advice("only-dc", name=name)


@csw_check("csw-sort")
def sort(seen: CswSeen, _: Observation) -> Verdict | None:
    """It sorts: pages of an unsorted list may overlap and leave records out (07-006r1, section 10.8.4.11)."""
    if seen.sorted is None or not seen.schema:
        return None
    return (
        good()
        if seen.sorted.is_good
        else problem("refused", why=seen.sorted.error).needing(csw_unsorted=True)
    )


@csw_check("csw-matched")
def matched(seen: CswSeen, _: Observation) -> Verdict | None:
    """The number in numberOfRecordsMatched is how many records there are (07-006r1, table 68)."""
    pages = _good_pages(seen)
    if not pages or not pages[0].items:
        return None
    told = [page.matched for page in pages]
    if None in told:
        return problem("missing")
    if len(set(told)) > 1:
        return problem("changes", told=", ".join(str(one) for one in dict.fromkeys(told)))
    end = pages[-1]
    if len(pages) > 1 and end.start == told[0] and not end.items:
        return problem("too-many", told=told[0])
    return good(told=told[0])


@csw_check("csw-next")
def next_record(seen: CswSeen, _: Observation) -> Verdict | None:
    """The next page is where nextRecord says, and it is 0 at the end (07-006r1, table 68)."""
    pages = [page for page in _good_pages(seen) if page.items]
    if not pages:
        return None
    for page in pages:
        behind = page.start + len(page.items)
        at_end = page.matched is not None and behind > page.matched
        if page.next_record is None:
            return advice("missing")
        if at_end and page.next_record == 0:
            continue
        if page.next_record != behind:
            return problem("wrong", told=page.next_record, behind=behind)
        if at_end:
            return advice("beyond", told=page.next_record, matched=page.matched)
    return good()


@csw_check("csw-pages")
def pages(seen: CswSeen, _: Observation) -> Verdict | None:
    """Pages are as long as asked for, whole, and no record is in two of them."""
    found = [page for page in seen.pages if page.items or not page.reply.is_good]
    failed = [page for page in found if not page.reply.is_good and page.reply.kind != "SourceBusy"]
    if len(seen.pages) > 1 and failed:
        return problem("failed", start=failed[0].start, why=failed[0].reply.error)
    good_pages = [page for page in found if page.reply.is_good]
    if not good_pages:
        return None
    short = next((p for p in good_pages[:1] if p.matched and len(p.items) < min(p.asked, p.matched)), None)
    far = [page for one, page in pairwise(good_pages) if page.start >= one.start + len(one.items)]
    seen_before = set(good_pages[0].identifiers)
    twice = sorted({one for page in far for one in page.identifiers if one in seen_before})
    if twice:
        return problem("twice", count=len(twice)).showing(twice)
    if short is not None:
        return advice("short", got=len(short.items), asked=short.asked).needing(page_size=len(short.items))
    return good(count=len(good_pages))


@csw_check("csw-filter")
def date_filter(seen: CswSeen, _: Observation) -> Verdict | None:
    """It can be asked for what has changed: without that every harvest is a whole one."""
    if not seen.schema:
        return None
    if seen.filtered is None:
        return advice("none")
    if not seen.filtered.reply.is_good:
        return problem("refused", why=seen.filtered.reply.error).needing(whole_list=True)
    if seen.filtered.items:
        return problem("ignored", count=seen.filtered.matched or len(seen.filtered.items)).needing(
            whole_list=True
        )
    return good()


@csw_check("csw-identifiers")
def identifiers(seen: CswSeen, _: Observation) -> Verdict | None:
    """Every record has an identifier of its own (gmd:fileIdentifier, dc:identifier)."""
    items = [item for page in seen.pages for item in page.items]
    if not items:
        return None
    without = sum(not item.identifier for item in items)
    if without:
        return problem("missing", count=without, of=len(items))
    return good(of=len(items))


def _good_pages(seen: CswSeen) -> list[CswPage]:
    return [page for page in seen.pages if page.reply.is_good]


@check("listed")
def listed(whole: Observation) -> Verdict | None:
    """A list of another protocol can be read."""
    seen = whole.listed
    if seen is None:
        return None
    if seen.items:
        return good(count=len(seen.items))
    failed = next((reply for reply in (seen.description, *seen.pages) if not reply.is_good), None)
    return blocking("failed", why=failed.error) if failed is not None else blocking("empty")


@check("listed-faults")
def listed_faults(whole: Observation) -> Verdict | None:
    """Every entry of it can be read."""
    seen = whole.listed
    if seen is None or not seen.items:
        return None
    faulty = [item for item in seen.items if item.fault is not None]
    failed = [reply for reply in seen.pages if not reply.is_good]
    if failed:
        return problem("page-failed", why=failed[0].error)
    if faulty:
        why = faulty[0].fault.message if faulty[0].fault else "-"
        return problem("some", count=len(faulty), of=len(seen.items), why=why).showing(
            item.identifier for item in faulty
        )
    return good(of=len(seen.items))
