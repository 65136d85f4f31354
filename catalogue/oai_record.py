"""The record element of OAI-PMH 2.0 (section 2.5), all but its metadata.

A page of the feed is a hundred of these. What stands before a record's metadata and behind them changes only
when the record does, so it is made once, when the record is written, and kept beside them: a page is then
nothing but bytes in a row.

Identifiers and setSpecs of ours need no escaping: `oai_identifier.mint` percent-encodes what XML would
escape, and a setSpec has no such characters.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Final, NamedTuple

from catalogue import formats
from catalogue import namespaces as ns
from catalogue.defaults import without_marks
from catalogue.provenance import day_or_second
from catalogue.xml import escape, escape_attribute

_OPENING: Final = "<record><header><identifier>"
#: Of what an element begins with: what stands before its header and behind it, and before its identifier.
BEFORE_HEADER: Final = len("<record>")
BEHIND_HEADER: Final = len("<metadata>")
BEFORE_IDENTIFIER: Final = len("<record><header>")
STAMP: Final = b"</identifier><datestamp>"
LENGTH_OF_STAMP: Final = len("2000-01-01T00:00:00Z")
#: A header of a record that is deleted, or no more in a list, begins with this (section 2.5.1).
GONE: Final = b'<header status="deleted">'
_MARK: Final = b' altered="'


@lru_cache(8192)
def utc(seconds: int) -> str:
    """A UTCdatetime at the granularity of seconds (section 3.3)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def begin(identifier: str, datestamp: int, set_specs: str) -> bytes:
    """From the beginning of the element to where its metadata begin; setSpecs with a space between them."""
    return (
        f"{_OPENING}{identifier}</identifier><datestamp>{utc(datestamp)}</datestamp>{_set_specs(set_specs)}"
        "</header><metadata>"
    ).encode()


def gone(beginning: bytes, datestamp: int) -> bytes:
    """The header in a list of a record that is deleted, or no more in the list, since this moment."""
    before, _, behind = beginning[BEFORE_IDENTIFIER:-BEHIND_HEADER].partition(STAMP)
    stamp = utc(datestamp).encode()
    return b"".join((GONE, before, STAMP, stamp, behind[LENGTH_OF_STAMP:]))


def element_gone(beginning: bytes, datestamp: int) -> bytes:
    """The whole element of such a record: its header alone (section 2.5.1)."""
    return b"<record>%b</record>" % gone(beginning, datestamp)


@lru_cache(8192)
def _set_specs(specs: str) -> str:
    return "".join(f"<setSpec>{spec}</setSpec>" for spec in specs.split())


class Origin(NamedTuple):
    """Where a record comes from: what the provenance container says of our own harvest.

    http://www.openarchives.org/OAI/2.0/guidelines-provenance.htm
    """

    #: Of the source, when the record was taken from it.
    base_url: str
    #: There, as all that follows.
    identifier: str
    datestamp: str
    #: The format in which it came.
    metadata_prefix: str
    #: The originDescriptions that ours holds (`catalogue.provenance.chain`).
    origins: str = ""
    #: Address of the statement of rights to the metadata.
    rights: str = ""
    #: Names of the repairs that its answer needed, with a space between them; and the marks of what was added
    #: to what we make of it (`catalogue.defaults`), which is in no metadata that are served as they came.
    repairs: str = ""

    def is_altered(self, served: str) -> bool:
        """Whether the metadata in this format are not as they were harvested."""
        if self.metadata_prefix != served:
            return True
        return bool(self.repairs and without_marks(tuple(self.repairs.split())))


def end(origin: Origin, served: str, harvested: int) -> bytes:
    """From the end of the metadata in the format `served` to the end of the element.

    A catalogue that is no OAI-PMH repository may have given a local time as the datestamp, of which the day
    is kept, or nothing: then we know of no change later than our harvest.
    """
    opening = _provenance(origin.base_url, harvested, altered=origin.is_altered(served))
    return (
        f"{opening}{escape(origin.identifier)}</identifier>"
        f"<datestamp>{day_or_second(origin.datestamp) or utc(harvested)}</datestamp>"
        f"<metadataNamespace>{_namespace(origin.metadata_prefix)}</metadataNamespace>{origin.origins}"
        f"</originDescription></provenance></about>{_rights(origin.rights)}</record>"
    ).encode()


def altered(behind: bytes) -> bytes:
    """The same end, of metadata that we have made: our own description says so, those that it holds stay."""
    before, mark, rest = behind.partition(_MARK)
    return b"".join((before, mark, b"true", rest[rest.index(b'"') :])) if mark else behind


@lru_cache(1024)
def _provenance(base_url: str, harvested: int, *, altered: bool) -> str:
    return (
        f'</metadata><about><provenance xmlns="{ns.OAI_PROVENANCE}" xsi:schemaLocation="{ns.OAI_PROVENANCE}'
        f' http://www.openarchives.org/OAI/2.0/provenance.xsd"><originDescription'
        f' harvestDate="{utc(harvested)}"{_MARK.decode()}{"true" if altered else "false"}">'
        f"<baseURL>{escape(base_url)}</baseURL><identifier>"
    )


@lru_cache(256)
def _namespace(metadata_prefix: str) -> str:
    return escape(formats.by_prefix(metadata_prefix).namespace)


@lru_cache(256)
def _rights(address: str) -> str:
    """The container that says what may be done with the metadata; nothing where nobody has said so.

    http://www.openarchives.org/OAI/2.0/guidelines-rights.htm, section 2.1.
    """
    if not address:
        return ""
    return (
        f'<about><rights xmlns="{ns.OAI_RIGHTS}" xsi:schemaLocation="{ns.OAI_RIGHTS}'
        ' http://www.openarchives.org/OAI/2.0/rights.xsd">'
        f'<rightsReference ref="{escape_attribute(address)}"/></rights></about>'
    )
