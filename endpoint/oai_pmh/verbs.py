"""The six verbs (OAI-PMH 2.0, section 4), a function each: from a frozen request to the answer's content.

Every responseDate is taken before the list is read: `catalogue.store.clock` says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.formats import FORMATS
from catalogue.sets import SOURCE_BRANCH, load_sets
from catalogue.store.lists.feed import FeedQuery, Position
from endpoint.oai_pmh import arguments, elements, on_demand, resumption, sets
from endpoint.oai_pmh.errors import (
    BadResumptionToken,
    CannotDisseminateFormat,
    IdDoesNotExist,
    NoMetadataFormats,
    NoRecordsMatch,
    NoSetHierarchy,
)
from endpoint.oai_pmh.provider import Provider
from endpoint.oai_pmh.remembered import Key
from endpoint.oai_pmh.resumption import ListToken, SetsToken
from endpoint.transport.deflated import Part


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer told, in numbers: for the record of who harvests us."""

    prefix: str = ""
    #: The store's number of the set.
    set_id: int | None = None
    records: int = 0
    #: The first page of a list, and its last.
    begun: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb answers: the content of the element of its name, and the responseDate."""

    verb: str
    response_date: int
    content: Sequence[Part]
    told: Told = Told()


def answer(provider: Provider, request: arguments.Request, *, packed: bool = False) -> Answer:
    """The answer to a request; for one in gzip (`packed`) some of it may be compressed already.

    Raises:
        OaiError: the protocol has an error for it.
    """
    match request:
        case arguments.ListRecords():
            return list_records(provider, request, packed=packed)
        case arguments.ListIdentifiers():
            return list_identifiers(provider, request, packed=packed)
        case arguments.GetRecord():
            return get_record(provider, request)
        case arguments.ListSets():
            return list_sets(provider, request)
        case arguments.ListMetadataFormats():
            return list_metadata_formats(provider, request)
        case arguments.Identify():
            return identify(provider)


def identify(provider: Provider) -> Answer:
    """Section 4.2: who we are, and under which terms."""
    response_date = provider.state().response_date
    earliest = provider.earliest_datestamp()
    content = provider.identity.content(
        earliest=response_date if earliest is None else earliest, friends=provider.friends()
    )
    return Answer("Identify", response_date, (content,))


def list_metadata_formats(provider: Provider, request: arguments.ListMetadataFormats) -> Answer:
    """Section 4.4: the formats of the repository, or of one item."""
    feed = provider.store.feed
    response_date = provider.state().response_date
    if request.identifier is None:
        offered = provider.formats()
    else:
        held = feed.formats(request.identifier)
        if held is None:
            raise _unknown(request.identifier)
        offered = [form for form in FORMATS if form.prefix in held]
        if not offered:
            raise NoMetadataFormats("There are no metadata formats available for this item")
    return Answer("ListMetadataFormats", response_date, (elements.metadata_formats(offered),))


def list_sets(provider: Provider, request: arguments.ListSets) -> Answer:
    """Section 4.6: all sets, a page at a time."""
    token = None if request.resumption_token is None else provider.seal.open_sets(request.resumption_token)
    response_date = token.response_date if token else provider.state().response_date
    every = provider.set_lists.at(token.snapshot if token else None)
    found = every.page(after=(token.empty, token.after) if token else None, limit=sets.PAGE)
    if found is None:
        if token:
            raise BadResumptionToken("The sets that remained of this list are no more")
        raise NoSetHierarchy("There are no sets")
    content = [found.content]
    cursor = token.cursor if token else 0
    if found.more:
        following = SetsToken(
            verb="ListSets",
            cursor=cursor + found.entries,
            size=token.size if token else len(every),
            response_date=response_date,
            expires=token.expires + resumption.PAGE_GRACE if token else response_date + provider.token_life,
            after=found.last,
            empty=found.empty,
            snapshot=every.snapshot,
        )
        content.append(resumption.element(provider.seal.close(following), following, cursor=cursor))
    elif token:
        content.append(resumption.last_element(token))
    return Answer("ListSets", response_date, content)


def get_record(provider: Provider, request: arguments.GetRecord) -> Answer:
    """Section 4.1: one record in one format; of a deleted one, its header."""
    feed = provider.store.feed
    response_date = provider.state().response_date
    prefix = request.metadata_prefix
    element = feed.element(request.identifier, prefix)
    if element is None:
        if feed.formats(request.identifier) is None:
            raise _unknown(request.identifier)
        raise CannotDisseminateFormat("The item is not available in this metadata format")
    told = (element,) if isinstance(element, bytes) else on_demand.rendered(element, prefix)
    return Answer("GetRecord", response_date, told, Told(prefix, records=1))


def list_identifiers(
    provider: Provider, request: arguments.ListIdentifiers, *, packed: bool = False
) -> Answer:
    """Section 4.3: headers only."""
    page = _page(provider, request, "ListIdentifiers", packed=packed)
    return Answer("ListIdentifiers", page.response_date, page.content, page.told)


def list_records(provider: Provider, request: arguments.ListRecords, *, packed: bool = False) -> Answer:
    """Section 4.5: whole records."""
    page = _page(provider, request, "ListRecords", packed=packed)
    return Answer("ListRecords", page.response_date, page.content, page.told)


@dataclass(frozen=True, slots=True)
class _Page:
    response_date: int
    #: The entries, and behind them the resumptionToken, unless the list is complete with its first page.
    content: Sequence[Part]
    told: Told


def _page(provider: Provider, request: arguments.SelectiveList, verb: str, *, packed: bool) -> _Page:
    if request.resumption_token is not None:
        token = provider.seal.open_list(request.resumption_token, verb)
        return _following_page(provider, token, packed=packed)
    return _first_page(provider, request, verb, packed=packed)


def _first_page(provider: Provider, request: arguments.SelectiveList, verb: str, *, packed: bool) -> _Page:
    state = provider.state()
    response_date = state.response_date
    query = _query(provider, request, response_date)
    found = provider.pages.page(Key(query, None, verb == "ListRecords", packed), state)
    if found is None:
        raise NoRecordsMatch("No records match this combination of arguments", response_date)
    told = Told(query.prefix, query.set_id, found.entries, begun=True, ended=found.position is None)
    if found.position is None:
        return _Page(response_date, (found.content,), told)
    snapshot = found.newest
    bounded = FeedQuery(query.prefix, query.set_id, query.from_, _earlier(query.until, snapshot))
    token = ListToken(
        verb=verb,
        cursor=found.entries,
        size=provider.size(bounded, newest=snapshot, response_date=response_date),
        response_date=response_date,
        expires=response_date + provider.token_life,
        prefix=query.prefix,
        set_id=query.set_id,
        until=query.until,
        snapshot=snapshot,
        datestamp=found.position.datestamp,
        record_id=found.position.record_id,
    )
    element = resumption.element(provider.seal.close(token), token, cursor=0)
    return _Page(response_date, (found.content, element), told)


def _following_page(provider: Provider, token: ListToken, *, packed: bool) -> _Page:
    after = Position(token.datestamp, token.record_id)
    query = FeedQuery(token.prefix, token.set_id, None, _earlier(token.until, token.snapshot))
    bodies = token.verb == "ListRecords"
    found = provider.pages.page(Key(query, after, bodies, packed))
    at = found.position if found else None
    if found is None:
        # All that remained has changed meanwhile, and stands behind the snapshot now. A page with nothing
        # on it is not allowed: tell some of these; what follows them belongs to the client's next harvest.
        query = FeedQuery(token.prefix, token.set_id, None, token.until)
        found = provider.pages.page(Key(query, after, bodies, packed))
        if found is None:
            raise NoRecordsMatch("What remained of this list has changed since", token.response_date)
    if at is not None:
        following = token.advanced(at.datestamp, at.record_id, entries=found.entries)
        element = resumption.element(provider.seal.close(following), following, cursor=token.cursor)
    else:
        element = resumption.last_element(token)
    told = Told(token.prefix, token.set_id, found.entries, ended=at is None)
    return _Page(token.response_date, (found.content, element), told)


def _query(provider: Provider, request: arguments.SelectiveList, response_date: int) -> FeedQuery:
    """What the arguments select, in the store's terms.

    A set that there is not gives an empty list, which section 3.6 calls noRecordsMatch: "the combination
    of the values of the from, until, set and metadataPrefix arguments results in an empty list".
    """
    if not provider.offers(request.metadata_prefix):
        raise CannotDisseminateFormat("The metadata format is not supported by this repository")
    set_id = None
    # Every record is in the set of all sources: its list is that of everything, and quicker to read.
    if request.set_spec is not None and request.set_spec != SOURCE_BRANCH:
        set_id = provider.set_id(request.set_spec)
        if set_id is None:
            listed = load_sets(provider.settings.sets_path).get(request.set_spec)
            why = "There is no such set" if listed is None else "There has been no record in this set so far"
            raise NoRecordsMatch(why, response_date)
    return FeedQuery(request.metadata_prefix, set_id, request.from_, request.until)


def _earlier(until: int | None, snapshot: int) -> int:
    return snapshot if until is None else min(until, snapshot)


def _unknown(identifier: str) -> IdDoesNotExist:
    return IdDoesNotExist(f"{identifier[:200]} is not the identifier of an item in this repository")
