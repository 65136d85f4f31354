"""Formats, sets, deletions, resumption, counts and identifiers (OAI-PMH 2.0, sections 2 and 3)."""

from __future__ import annotations

import re
from statistics import median
from typing import Final

from catalogue.formats import ALIASES, FORMATS, OAI_DC
from harvester.clients.base import Item
from harvester.doctor.checks.dates import expires_in
from harvester.doctor.checks.verdict import Verdict, advice, blocking, good, oai_check, problem
from harvester.doctor.observation import Format, OaiSeen, Observation

#: RFC 3986, section 3: what the protocol asks of identifiers.
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
#: Section 2.6: unreserved characters, and colons between them.
_SET_SPEC: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")
_LEVELS: Final = ("no", "transient", "persistent")
_FEW, _MANY, _HEAVY = 25, 1000, 4_000_000
_SHORT_LIFE: Final = 1.0
_MANY_SETS: Final = 300
_READ: Final = {form.prefix for form in FORMATS if form.read}
_NAMESPACES: Final = {form.namespace.rstrip("/") for form in FORMATS if form.read}


@oai_check("formats")
def formats(seen: OaiSeen, _: Observation) -> Verdict | None:
    """oai_dc is there, as it must be, and something richer (section 3.4)."""
    if not seen.formats:
        if seen.walk and seen.walk[0].reply.is_good:
            return problem("no-answer", why=seen.formats_reply.error or "-")
        return None
    prefixes = [one.prefix for one in seen.formats]
    told = ", ".join(prefixes)
    if not any(_is_read(one) for one in seen.formats):
        return blocking("none-read", told=told)
    if OAI_DC.prefix not in prefixes:
        return problem("no-dc", told=told)
    richer = [one.prefix for one in seen.formats if _is_read(one) and one.prefix != OAI_DC.prefix]
    return good(told=told, best=seen.prefix) if richer else advice("only-dc", told=told)


def _is_read(one: Format) -> bool:
    name = one.prefix.lower()
    return name in _READ or ALIASES.get(name, "") in _READ or one.namespace.rstrip("/") in _NAMESPACES


@oai_check("sets")
def sets(seen: OaiSeen, _: Observation) -> Verdict | None:
    """It has sets, of which one may be harvested alone (sections 2.6 and 4.6)."""
    if seen.sets_reply is None:
        return None
    if seen.sets_reply.code == "noSetHierarchy" or (seen.sets_reply.is_good and not seen.sets):
        return advice("none")
    if not seen.sets_reply.is_good:
        return problem("no-answer", why=seen.sets_reply.error)
    return _sets_found(seen)


def _sets_found(seen: OaiSeen) -> Verdict:
    odd = [spec for spec, _ in seen.sets if not _SET_SPEC.fullmatch(spec)]
    if odd:
        return problem("odd-spec", count=len(odd), spec=odd[0]).showing(odd)
    if seen.more_sets or len(seen.sets) > _MANY_SETS:
        return advice("many", count=len(seen.sets))
    nameless = [spec for spec, name in seen.sets if not name or name == spec]
    if nameless:
        return advice("nameless", count=len(nameless), of=len(seen.sets)).showing(nameless)
    return good(count=len(seen.sets))


@oai_check("one-set")
def one_set(seen: OaiSeen, _: Observation) -> Verdict | None:
    """A set that is asked for gives its records and no others (section 2.6)."""
    if seen.one_set is None:
        return None
    wanted, found = seen.set_asked, seen.one_set
    if found.reply.code == "noRecordsMatch" or (found.reply.is_good and not found.items):
        return None if not any(wanted in item.sets for item in seen.items) else problem("empty", spec=wanted)
    if not found.reply.is_good:
        return problem("failed", spec=wanted, why=found.reply.error)
    outside = [item for item in found.items if item.sets and not _is_in(wanted, item.sets)]
    if outside:
        return problem("ignored", spec=wanted, count=len(outside)).showing(one.identifier for one in outside)
    if not any(item.sets for item in found.items):
        return advice("untold", spec=wanted)
    return good(spec=wanted)


def _is_in(wanted: str, specs: tuple[str, ...]) -> bool:
    return any(spec == wanted or spec.startswith(f"{wanted}:") for spec in specs)


@oai_check("unknown-set")
def unknown_set(seen: OaiSeen, _: Observation) -> Verdict | None:
    """A set that there is not gives no records (section 3.6)."""
    if seen.bad_set is None or seen.bad_set.reply.kind == "SourceBusy":
        return None
    if seen.bad_set.reply.is_good and seen.bad_set.items:
        return problem("everything", count=len(seen.bad_set.items))
    return good()


@oai_check("deletions")
def deletions(seen: OaiSeen, _: Observation) -> Verdict | None:
    """It tells which records are gone (section 2.5.1)."""
    level = seen.identity.deleted_record if seen.identity else ""
    if not level:
        return None
    if level not in _LEVELS:
        return problem("nonsense", told=level)
    told = sum(item.deleted for item in seen.items)
    if level == "no":
        return problem("told-after-all", count=told) if told else advice("no")
    return good(level=level, count=told) if level == "persistent" else advice("transient", count=told)


@oai_check("tombstones")
def tombstones(seen: OaiSeen, _: Observation) -> Verdict | None:
    """A record that is not deleted has metadata, and every record has an identifier (section 2.5)."""
    if not seen.items:
        return None
    bare = [item for item in seen.items if item.fault is not None]
    if bare:
        return problem("bare", count=len(bare), of=len(seen.items)).showing(one.identifier for one in bare)
    return good(of=len(seen.items))


@oai_check("list")
def whole_list(seen: OaiSeen, _: Observation) -> Verdict | None:
    """ListRecords gives records (section 4.5)."""
    if not seen.walk:
        return None
    first = seen.walk[0]
    if first.reply.is_good and first.items:
        events = {note.event for note in first.notes}
        if "prefix-refused" in events:
            return problem("prefix-refused").needing(omit_prefix=True)
        return good(count=len(first.items), format=seen.prefix)
    elsewhere = any(listing.items for listing in seen.windows)
    if first.reply.is_good or first.reply.code == "noRecordsMatch":
        return problem("first-empty") if elsewhere else blocking("empty", format=seen.prefix)
    why = first.reply.error
    return problem("first-failed", why=why) if elsewhere else blocking("failed", why=why)


@oai_check("resumption")
def resumption(seen: OaiSeen, _: Observation) -> Verdict | None:
    """A list goes on by its resumptionToken alone (section 3.5)."""
    if len(seen.walk) < 2:  # noqa: PLR2004 - the first page alone
        return None
    failed = next((page for page in seen.walk if not page.reply.is_good), None)
    if failed is not None:
        number = seen.walk.index(failed) + 1
        if failed.reply.kind == "SourceBusy":
            return advice("busy", page=number)
        return problem("failed", page=number, why=failed.reply.error)
    return _tokens(seen)


def _tokens(seen: OaiSeen) -> Verdict:
    """How the tokens of a list that goes on are."""
    events = {note.event for page in seen.walk for note in page.notes}
    if "prefix-with-token" in events:
        return problem("needs-prefix").needing(token_with_prefix=True)
    if "token-verbatim" in events:
        return problem("verbatim").needing(token_verbatim=True)
    tokens = [page.token for page in seen.walk if page.token]
    if len(set(tokens)) < len(tokens):
        return problem("repeats")
    first, second = seen.walk[0].identifiers, seen.walk[1].identifiers
    if first and first == second:
        return problem("same-page")
    return good(pages=len(seen.walk))


@oai_check("same-token")
def same_token(seen: OaiSeen, _: Observation) -> Verdict | None:
    """The same token gives the same page again: a harvest that broke off goes on (section 3.5)."""
    if seen.again is None:
        return None
    if not seen.again.reply.is_good:
        return problem("refused", why=seen.again.reply.error)
    if seen.again.identifiers != seen.walk[1].identifiers:
        return problem("differs")
    return good()


@oai_check("overlap")
def overlap(seen: OaiSeen, _: Observation) -> Verdict | None:
    """No record comes twice in a list."""
    pages = [page.identifiers for page in seen.walk if page.items]
    if not pages:
        return None
    listed = [one for page in pages for one in page]
    twice = {one for one in listed if listed.count(one) > 1}
    if twice and len(set(map(tuple, pages))) == len(pages):
        return problem("twice", count=len(twice), of=len(listed)).showing(sorted(twice))
    return good(of=len(listed)) if not twice else None


@oai_check("last-page")
def last_page(seen: OaiSeen, _: Observation) -> Verdict | None:
    """A list ends with an empty resumptionToken; a list of one page has none (section 3.5)."""
    ends = [pages[-1] for pages in (seen.walk, seen.further) if pages]
    last = next((page for page in ends if page.reply.is_good and not page.token), None)
    if last is None:
        return None
    if len(seen.walk) == 1:
        return advice("needless") if last.has_token else good("whole")
    if not last.items:
        return advice("empty")
    return good() if last.has_token else advice("missing")


@oai_check("token-life")
def token_life(seen: OaiSeen, whole: Observation) -> Verdict | None:
    """A token lives long enough for a slow line (section 3.5, expirationDate)."""
    told = next((page.expires for page in seen.walk if page.expires), "")
    if not told:
        return None
    hours = expires_in(told, whole.now)
    if hours is None:
        return advice("nonsense", told=told)
    if "Z" not in told and "+" not in told:
        return advice("no-zone", told=told)
    minutes = round(hours * 60)
    return advice("short", minutes=minutes) if hours < _SHORT_LIFE else good(hours=round(hours))


@oai_check("cursor")
def cursor(seen: OaiSeen, _: Observation) -> Verdict | None:
    """A cursor counts the records that came before (section 3.5)."""
    listed, told = 0, 0
    for page in seen.walk:
        if page.cursor:
            told += 1
            if page.cursor != str(listed):
                return advice("wrong", told=page.cursor, counted=listed)
        listed += len(page.items)
    return good() if told else None


@oai_check("list-size")
def list_size(seen: OaiSeen, _: Observation) -> Verdict | None:
    """The completeListSize is how many records there are (section 3.5)."""
    pages = [page for page in seen.walk if page.reply.is_good]
    if len(pages) < 2:  # noqa: PLR2004 - a whole list needs no count
        return None
    told = [page.size for page in pages if page.size]
    if not told:
        return advice("missing")
    odd = next((size for size in told if not (size.isascii() and size.isdigit())), "")
    if odd:
        return advice("nonsense", told=odd)
    if len(set(told)) > 1:
        return problem("changes", told=", ".join(dict.fromkeys(told)))
    counted = len({one for page in pages for one in page.identifiers})
    return _counted(int(told[0]), counted, whole=not pages[-1].token)


def _counted(size: int, counted: int, *, whole: bool) -> Verdict:
    """What is said of the list's size, and what was counted."""
    if size < counted or (whole and size != counted):
        return problem("wrong", told=size, counted=counted)
    return good(told=size)


@oai_check("page-size")
def page_size(seen: OaiSeen, _: Observation) -> Verdict | None:
    """Pages are neither so small that a harvest takes for ever nor too large for a poor line."""
    pages = [page for page in seen.walk if page.items and page.token]
    if not pages:
        return None
    count, heaviest = round(median(len(page.items) for page in pages)), max(p.reply.size for p in pages)
    if heaviest > _HEAVY:
        return advice("heavy", count=count, megabytes=round(heaviest / 1e6, 1))
    if count < _FEW:
        return advice("small", count=count)
    return advice("large", count=count) if count > _MANY else good(count=count)


@oai_check("empty-pages")
def empty_pages(seen: OaiSeen, _: Observation) -> Verdict | None:
    """No page inside a list is empty."""
    inside = [page for page in seen.walk if page.reply.is_good and page.token]
    if not inside:
        return None
    empty = sum(not page.items for page in inside)
    return advice("some", count=empty, of=len(inside)) if empty else good(of=len(inside))


@oai_check("identifiers")
def identifiers(seen: OaiSeen, _: Observation) -> Verdict | None:
    """Identifiers are URIs (section 2.4), and each is there."""
    if not seen.items:
        return None
    without = sum(not item.identifier for page in seen.listings for item in page.items)
    if without:
        return problem("missing", count=without)
    odd = [item.identifier for item in seen.items if not _URI.fullmatch(item.identifier)]
    if odd:
        return advice("no-uri", count=len(odd), of=len(seen.items), first=odd[0]).showing(odd)
    return good(of=len(seen.items), first=seen.items[0].identifier)


@oai_check("get-record")
def get_record(seen: OaiSeen, _: Observation) -> Verdict | None:
    """GetRecord gives what lists gave (section 4.1)."""
    asked = [one for one in seen.singles if one.reply.kind != "SourceBusy"]
    if not asked:
        return None
    failed = [one for one in asked if one.got is None]
    if failed:
        why = failed[0].reply.error or "-"
        return problem("failed", count=len(failed), of=len(asked), why=why).showing(
            one.wanted.identifier for one in failed
        )
    other = [one for one in asked if one.got is not None and not _same(one.wanted, one.got)]
    if other:
        return problem("differs").showing(one.wanted.identifier for one in other)
    return good(of=len(asked))


def _same(wanted: Item, got: Item) -> bool:
    return (wanted.identifier, wanted.datestamp, wanted.deleted) == (
        got.identifier,
        got.datestamp,
        got.deleted,
    )
