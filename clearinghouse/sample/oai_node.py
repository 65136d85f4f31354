"""A sample node as the simulator wants it: what it says of itself, and its records in its formats."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final, cast

from clearinghouse.sample import dublin_core
from clearinghouse.sample.records import SampleNode, SampleRecord
from clearinghouse.simulator.holding import Held
from clearinghouse.simulator.oai_node import OaiNode
from clearinghouse.simulator.registry import switches

#: metadataPrefix -> what writes it.
_WRITERS: Final[dict[str, Callable[[SampleNode, SampleRecord], bytes]]] = {
    "oai_dc": dublin_core.oai_dc,
    "qdc": dublin_core.qdc,
}


def payload(node: SampleNode, record: SampleRecord, prefix: str) -> bytes:
    """The record's metadata element in one of the node's formats, byte for byte as served."""
    return _WRITERS[prefix](node, record)


class SampleHolding:
    """The records of a sample node."""

    def __init__(self, node: SampleNode) -> None:
        self._node = node
        self.title = node.title
        self.email = node.email
        self.granularity = node.granularity
        self.deleted_record = node.deleted_record
        self.page_size = node.page_size
        self.sets = node.sets
        self.prefixes = node.prefixes

    @cached_property
    def _sorted(self) -> list[SampleRecord]:
        return sorted(self._node.records, key=lambda record: (record.datestamp, record.id))

    def listed(self) -> list[SampleRecord]:
        """Every record, by datestamp and identifier."""
        return self._sorted

    def payload(self, item: Held, prefix: str) -> str:
        """The metadata element of a record."""
        return payload(self._node, cast("SampleRecord", item), prefix).decode()


def oai_node(node: SampleNode) -> OaiNode:
    """The data provider of a sample node; once in its life it refuses the page at `busy_at`."""
    faults = (f"busy=1@{node.busy_at}",) if node.busy_at else ()
    return OaiNode(SampleHolding(node), switches(faults))
