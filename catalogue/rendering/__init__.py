"""Record -> one metadata format each: the writers, and the table of them.

Every rendition is one element in UTF-8, with its own namespace declarations and xsi:schemaLocation, and
without an XML declaration, so that it can be put into an envelope as it is. Writers are total: there is no
Record that they refuse, and what they write is valid. They are pure: the same Record, identifier and
datestamp give the same bytes. So it makes no difference whether a rendition is kept (`stored` in
`catalogue.formats`) or made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from catalogue.errors import UnknownFormat
from catalogue.formats import DCAT, ISO19115_3, ISO19139, OAI_DATACITE, OAI_DC, OAI_DCTERMS
from catalogue.record import Record
from catalogue.rendering import datacite, dcat, dcterms, iso19115_3, iso19139, oai_dc


def _oai_dc(record: Record, _identifier: str, _datestamp: str) -> bytes:
    return oai_dc.write(record)


def _oai_dcterms(record: Record, _identifier: str, _datestamp: str) -> bytes:
    return dcterms.write(record)


def _oai_datacite(record: Record, identifier: str, _datestamp: str) -> bytes:
    return datacite.write(record, identifier=identifier)


def _dcat(record: Record, identifier: str, datestamp: str) -> bytes:
    return dcat.write(record, identifier=identifier, datestamp=datestamp)


def _iso19115_3(record: Record, identifier: str, datestamp: str) -> bytes:
    return iso19115_3.write(record, identifier=identifier, datestamp=datestamp)


def _iso19139(record: Record, identifier: str, datestamp: str) -> bytes:
    return iso19139.write(record, identifier=identifier, datestamp=datestamp)


_WRITERS: Final[dict[str, Callable[[Record, str, str], bytes]]] = {
    OAI_DC.prefix: _oai_dc,
    OAI_DCTERMS.prefix: _oai_dcterms,
    ISO19139.prefix: _iso19139,
    ISO19115_3.prefix: _iso19115_3,
    OAI_DATACITE.prefix: _oai_datacite,
    DCAT.prefix: _dcat,
}


def render(record: Record, prefix: str, *, identifier: str, datestamp: str) -> bytes:
    """The record in the format with this metadataPrefix.

    Args:
        record: what to write.
        prefix: the prefix of a format that is `written`: in `catalogue.formats.RENDERED` or `ON_DEMAND`.
        identifier: our identifier of the record.
        datestamp: when our copy was last changed, as in the OAI-PMH header.

    Raises:
        UnknownFormat: there is no writer for this prefix.
    """
    writer = _WRITERS.get(prefix)
    if writer is None:
        raise UnknownFormat(f"no writer for the metadata format {prefix!r}")
    return writer(record, identifier, datestamp)
