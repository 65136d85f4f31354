"""A client for each protocol."""

from __future__ import annotations

from catalogue.source import Protocol, Source
from harvester.clients.base import Client
from harvester.clients.discreet import DiscreetClient
from harvester.http import HarvestSession


def client_for(source: Source, session: HarvestSession) -> Client:
    """The client that speaks the source's protocol, and tells nobody the source's secrets."""
    return DiscreetClient(_speaker(source, session), session)


def _speaker(source: Source, session: HarvestSession) -> Client:
    """The client itself; its library is imported only now."""
    if source.protocol is Protocol.CSW:
        from harvester.clients.csw import CswClient

        return CswClient(source, session)
    from harvester.clients.oai_pmh import OaiPmhClient

    return OaiPmhClient(source, session)
