"""The service: what every request of one application shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalogue.settings import Settings
from catalogue.store import Store
from endpoint.csw import outputs
from endpoint.csw.capabilities import sections
from endpoint.csw.requests import ElementSet
from endpoint.csw30 import capabilities as newer
from endpoint.csw30 import opensearch

PATH = "/csw"


@dataclass(frozen=True, slots=True)
class Service:
    """One catalogue service."""

    store: Store
    #: Where it is found.
    address: str
    #: Records that one answer may hold.
    max_records: int
    #: The capabilities document, by section.
    sections: Mapping[str, str]
    #: That of CSW 3.0.0.
    sections30: Mapping[str, str]
    #: What it is called.
    title: str
    #: How to ask by OpenSearch.
    description: bytes

    def written(self, ids: Sequence[int], output_schema: str, element_set: ElementSet) -> list[bytes]:
        """The records with these numbers in a schema, in this order."""
        return outputs.written(
            self.store, ids, output_schema, element_set, address=self.address, title=self.title
        )

    @classmethod
    def of(cls, settings: Settings, store: Store) -> Service:
        """The service over this store."""
        address = settings.public_url + PATH
        return cls(
            store,
            address,
            settings.csw_max_records,
            sections(settings, address),
            newer.sections(settings, address),
            settings.repository_name,
            opensearch.description(settings, address),
        )
