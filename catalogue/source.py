"""A source: a remote repository or catalogue that we harvest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from catalogue.defaults import NONE, Defaults
from catalogue.errors import SettingsError
from catalogue.quirks import Quirks

#: What a source id may look like: it is part of set specs and of our OAI identifiers.
SOURCE_ID: Final = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")


class Missed(StrEnum):
    """What becomes of a due time at which no process was there to see it."""

    #: It is made up for, once, however many there were.
    MAKE_UP = "make-up"
    #: It is let pass: the source must not be asked outside its hours.
    SKIP = "skip"


_UPLOAD: Final = "upload://"


def upload_address(source_id: str) -> str:
    """What stands as the address of a source without a server."""
    return f"{_UPLOAD}{source_id}/"


class Protocol(StrEnum):
    """How a source is harvested."""

    OAI_PMH = "oai-pmh"
    #: 2.0.2 or 3.0.0.
    CSW = "csw"
    #: An OAI static repository: one XML file that holds a whole repository.
    OAI_STATIC = "oai-static"
    #: OGC API - Records.
    OGC_RECORDS = "ogc-records"
    #: DCAT-US: one JSON file that holds a whole catalogue.
    DATA_JSON = "data-json"
    #: A feed in Atom or RSS: what is new, and not all that there is.
    FEED = "feed"
    #: XML files: in a folder on the web, or in an archive that is uploaded.
    FILES = "files"


class SourceState(StrEnum):
    """Where a source is in its life."""

    #: Harvested on schedule.
    ACTIVE = "active"
    #: Not harvested until resumed; its records stay.
    SUSPENDED = "suspended"
    #: Removed by an operator; its records are told as deleted.
    RETIRED = "retired"


def host_of(address: str) -> str:
    """The host of an address, in small letters, without port and final dot."""
    return (urlsplit(address).hostname or "").rstrip(".")


@dataclass(frozen=True, slots=True)
class Source:
    """A remote repository or catalogue, and how we harvest it."""

    id: str
    protocol: Protocol
    base_url: str
    title: str = ""
    #: metadataPrefix for OAI-PMH, outputSchema's prefix for CSW; empty: the best that the source offers.
    metadata_prefix: str = ""
    #: OAI setSpecs to harvest; none means everything.
    sets: tuple[str, ...] = ()
    #: Cron expression (minute hour day month day-of-week) on the clock of `time_zone`, or empty.
    schedule: str = ""
    #: IANA name of the source's own time zone; empty: UTC.
    time_zone: str = ""
    missed: Missed = Missed.MAKE_UP
    #: Hours of the day in which it must not be asked, on the same clock, as 08:00-18:00; empty: none.
    quiet_hours: str = ""
    #: When the schedule was set: what it would have asked for before has not been missed.
    scheduled_at: datetime | None = None
    state: SourceState = SourceState.ACTIVE
    #: The source's own responseDate at the start of the last complete harvest: the next `from`.
    harvested_until: str = ""
    #: What Identify or GetCapabilities said when last asked.
    repository_name: str = ""
    granularity: str = ""
    deleted_record: str = ""
    #: Departures from its protocol that it needs.
    quirks: Quirks = field(default_factory=Quirks)
    #: When its TLS certificate ends, as last seen: `YYYY-MM-DDThh:mm:ssZ`.
    certificate_until: str = ""
    #: Thresholds of its guards that differ from the settings: `catalogue.guards`.
    guards: Mapping[str, float] = field(default_factory=dict, hash=False)
    #: What is taken to hold for its records where they say nothing themselves.
    defaults: Defaults = NONE
    #: When its whole list was last read to its end.
    listed_at: datetime | None = None
    #: The first run from which on it is known what each run changed.
    history_from: int = 0
    #: The node that it belongs to; empty: none.
    node_id: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be harvested or addressed.

        Raises:
            SettingsError: the id or the base URL is not usable.
        """
        if not SOURCE_ID.fullmatch(self.id):
            raise SettingsError(
                f"{self.id!r} is not a source id: 1 to 64 small letters, digits and inner hyphens"
            )
        if self.is_uploaded and self.protocol is Protocol.FILES:
            if self.base_url != upload_address(self.id):
                raise SettingsError(f"what is uploaded for {self.id!r} is {upload_address(self.id)}")
            return
        try:
            parts = urlsplit(self.base_url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError as error:
            raise SettingsError(f"{self.base_url!r} is not an address: {error}") from error
        if not usable:
            raise SettingsError(f"{self.base_url!r} is not an http or https address")
        if parts.username is not None or parts.password is not None:
            # The address is printed, logged, and served in every record's provenance.
            raise SettingsError(
                f"the address of {self.id!r} holds a user name or password: an address is public"
            )

    @property
    def scope(self) -> str:
        """What a full harvest lists: the sets, with a space between them; empty for everything."""
        return " ".join(sorted(set(self.sets)))

    @property
    def is_uploaded(self) -> bool:
        """Whether it has no server: its files are given to us by hand."""
        return self.base_url.startswith(_UPLOAD)

    @property
    def host(self) -> str:
        """The host without its port: what one harvest at a time is allowed for."""
        return host_of(self.base_url)

    @property
    def is_scheduled(self) -> bool:
        """Whether it is harvested without being asked for."""
        return bool(self.schedule) and self.state is SourceState.ACTIVE

    @property
    def label(self) -> str:
        """What people call it."""
        return self.title or self.repository_name or self.id


def is_another_list(before: Source, after: Source) -> bool:
    """Whether a source is asked for another list than before: it cannot be told what of that has changed."""
    one, other = urlsplit(before.base_url), urlsplit(after.base_url)
    moved = (one.hostname, one.path, one.query) != (other.hostname, other.path, other.query)
    asked = (set(before.sets), before.metadata_prefix) != (set(after.sets), after.metadata_prefix)
    return moved or asked
