"""A client for each protocol."""

from __future__ import annotations

from pathlib import Path

from catalogue.source import Protocol, Source
from harvester.clients.base import Client
from harvester.clients.discreet import DiscreetClient
from harvester.http import HarvestSession


def client_for(
    source: Source,
    session: HarvestSession,
    *,
    uploads: Path = Path("var/uploads"),
    upload_limit: int = 1 << 30,
) -> Client:
    """The client that speaks the source's protocol, and tells nobody the source's secrets.

    Args:
        source: to be harvested.
        session: asks it.
        uploads: where archives that were uploaded are kept.
        upload_limit: bytes of one of them, unpacked.
    """
    if source.protocol is Protocol.FILES and source.is_uploaded:
        from harvester.clients.files import ArchiveClient

        return ArchiveClient(source, uploads, upload_limit)
    return DiscreetClient(_speaker(source, session), session)


def _speaker(source: Source, session: HarvestSession) -> Client:
    """The client itself; its library is imported only now."""
    match source.protocol:
        case Protocol.CSW:
            from harvester.clients.csw import CswClient

            return CswClient(source, session)
        case Protocol.OGC_RECORDS:
            from harvester.clients.ogc_records import OgcRecordsClient

            return OgcRecordsClient(source, session)
        case Protocol.FILES:
            from harvester.clients.waf import WafClient

            return WafClient(source, session)
        case Protocol.OAI_STATIC | Protocol.DATA_JSON | Protocol.FEED:
            return _reader(source, session)
    from harvester.clients.oai_pmh import OaiPmhClient

    return OaiPmhClient(source, session)


def _reader(source: Source, session: HarvestSession) -> Client:
    """The client for a source that is one document."""
    if source.protocol is Protocol.OAI_STATIC:
        from harvester.clients.static_repository import StaticRepositoryClient

        return StaticRepositoryClient(source, session)
    if source.protocol is Protocol.DATA_JSON:
        from harvester.clients.data_json import DataJsonClient

        return DataJsonClient(source, session)
    from harvester.clients.feed import FeedClient

    return FeedClient(source, session)
