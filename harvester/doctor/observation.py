"""What was seen on the wire: frozen, complete, and all that a check may look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from catalogue.record import Record
from catalogue.source import Protocol
from harvester.clients.base import Item, Note
from harvester.windows import Window

T = TypeVar("T")
#: Records from windows across a list that are a sample of it.
ENOUGH: Final = 50
#: No filter by date.
WHOLE: Final = Window()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one question."""

    what: str
    url: str = ""
    status: int | None = None
    seconds: float = 0.0
    size: int = 0
    media_type: str = ""
    charset: str = ""
    coding: str = ""
    #: The encoding that the XML declaration names, in small letters.
    declared: str = ""
    #: Repairs that the answer needed: `harvester.clients.repair`.
    repairs: tuple[str, ...] = ()
    #: Why there is nothing in it, in words; empty where all is well.
    error: str = ""
    #: The class of that error, and the code of the protocol's own.
    kind: str = ""
    code: str = ""

    @property
    def is_good(self) -> bool:
        """Whether what was asked for came."""
        return not self.error

    @property
    def is_refusal(self) -> bool:
        """Whether the other side said no in the protocol's own words."""
        return bool(self.code)


@dataclass(frozen=True, slots=True)
class Identity:
    """Identify as sent (OAI-PMH 2.0, section 4.2)."""

    repository_name: str = ""
    base_url: str = ""
    protocol_version: str = ""
    admin_emails: tuple[str, ...] = ()
    earliest_datestamp: str = ""
    deleted_record: str = ""
    granularity: str = ""
    compressions: tuple[str, ...] = ()
    response_date: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """A metadataFormat on offer (section 4.4)."""

    prefix: str
    namespace: str
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list of OAI-PMH."""

    reply: Reply
    items: tuple[Item, ...] = ()
    #: The resumptionToken; and whether there is an element for it.
    token: str = ""
    has_token: bool = False
    cursor: str = ""
    size: str = ""
    expires: str = ""
    response_date: str = ""
    window: Window = WHOLE
    #: How the question had to be put: events of `harvester.clients.oai_requests`.
    notes: tuple[Note, ...] = ()

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Of its items, in their order."""
        return tuple(item.identifier for item in self.items if item.identifier)


@dataclass(frozen=True, slots=True)
class Single:
    """GetRecord for an item of a list."""

    reply: Reply
    wanted: Item
    got: Item | None = None


@dataclass(frozen=True, slots=True)
class OaiSeen:
    """What an OAI-PMH repository showed."""

    identify: Reply
    identity: Identity | None = None
    formats_reply: Reply = Reply("ListMetadataFormats")
    formats: tuple[Format, ...] = ()
    #: The metadataPrefix that lists were asked for in.
    prefix: str = ""
    sets_reply: Reply | None = None
    #: setSpec -> setName as sent.
    sets: tuple[tuple[str, str], ...] = ()
    #: Whether there are more sets than were read.
    more_sets: bool = False
    bad_verb: Reply | None = None
    bad_prefix: Reply | None = None
    bad_set: Listing | None = None
    bad_identifier: Reply | None = None
    #: The first pages of the list.
    walk: tuple[Listing, ...] = ()
    #: The second page asked for once more, by the same token.
    again: Listing | None = None
    #: First pages of windows across the whole list.
    windows: tuple[Listing, ...] = ()
    #: Further pages of one of them.
    further: tuple[Listing, ...] = ()
    #: from and until are the day of one record; from in seconds.
    day: Listing | None = None
    second: Listing | None = None
    one_set: Listing | None = None
    set_asked: str = ""
    singles: tuple[Single, ...] = ()

    @property
    def listings(self) -> tuple[Listing, ...]:
        """Every page of a list that was had without a filter but dates."""
        return (*self.walk, *self.windows, *self.further)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of all of them, each identifier once."""
        return unique(item for listing in self.listings for item in listing.items)


@dataclass(frozen=True, slots=True)
class CswPage:
    """One answer to GetRecords."""

    reply: Reply
    start: int = 1
    asked: int = 10
    matched: int | None = None
    returned: int | None = None
    next_record: int | None = None
    items: tuple[Item, ...] = ()

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Of its items, in their order."""
        return tuple(item.identifier for item in self.items if item.identifier)


@dataclass(frozen=True, slots=True)
class CswSeen:
    """What a CSW server showed."""

    capabilities: Reply
    version: str = ""
    title: str = ""
    provider: str = ""
    contacts: tuple[str, ...] = ()
    output_schemas: tuple[str, ...] = ()
    #: Addresses advertised for GetRecords that are on another host than the one that answered.
    elsewhere: tuple[str, ...] = ()
    #: How GetRecords was asked in the end; and by each method and order, whether that works.
    method: str = ""
    schema: str = ""
    post: Reply | None = None
    get: Reply | None = None
    sorted: Reply | None = None
    #: The first page in the version that it was found by, where records come in another one alone.
    refused: Reply | None = None
    refused_version: str = ""
    #: Pages across the whole list.
    pages: tuple[CswPage, ...] = ()
    #: A filter that nothing can match: changed after tomorrow.
    filtered: CswPage | None = None
    bad_operation: Reply | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of all pages, each identifier once."""
        return unique(item for page in self.pages for item in page.items)


@dataclass(frozen=True, slots=True)
class ListSeen:
    """What a source of another protocol showed: its list, by the client that would harvest it."""

    description: Reply
    name: str = ""
    pages: tuple[Reply, ...] = ()
    items: tuple[Item, ...] = ()
    notes: tuple[Note, ...] = ()
    #: Whether the list was read to its end.
    whole: bool = False
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Transport:
    """What was seen below the protocol."""

    url: str
    #: Where the typed address has moved to for good.
    moved_to: str = ""
    certificate_until: datetime | None = None
    #: An address that is http: whether the same answers over https.
    secure: Reply | None = None
    robots: str = ""
    #: Every reply, in order: for speed, and for whoever was busy.
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A sampled record, read."""

    item: Item
    format: str = ""
    record: Record | None = None
    rule: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything that was seen of one interface."""

    protocol: Protocol
    base_url: str
    #: Our clock when it was asked first.
    now: datetime
    transport: Transport
    oai: OaiSeen | None = None
    csw: CswSeen | None = None
    listed: ListSeen | None = None
    records: tuple[Understood, ...] = ()
    #: Questions that there was no budget for.
    cut_short: bool = False

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item that was listed, each identifier once."""
        for seen in (self.oai, self.csw, self.listed):
            if seen is not None:
                return seen.items
        return ()

    @property
    def sample(self) -> tuple[Item, ...]:
        """Items from the whole list, no part of it more than another."""
        pages = () if self.oai is None else (*self.oai.walk[:1], *self.oai.windows)
        found = unique(item for page in pages for item in page.items)
        return found if len(found) >= ENOUGH else self.items

    @property
    def read(self) -> tuple[Record, ...]:
        """The records that could be read."""
        return tuple(one.record for one in self.records if one.record is not None)


def unique(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items in their order, each identifier once; those without one, all."""
    found: dict[str, Item] = {}
    for number, item in enumerate(items):
        found.setdefault(item.identifier or f"\0{number}", item)
    return tuple(found.values())


def spread(items: Sequence[T], count: int) -> tuple[T, ...]:
    """So many of them, evenly over the whole, the first and the last among them."""
    if len(items) <= count:
        return tuple(items)
    last = max(1, count - 1)
    return tuple(items[number * (len(items) - 1) // last] for number in range(count))
