"""The sample federation: every sample node behind one HTTP server on loopback, in a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from catalogue.source import Protocol, Source
from catalogue.xml import escape
from clearinghouse.sample import oai_node
from clearinghouse.sample.csw_node import CswNode
from clearinghouse.sample.iso19139 import md_metadata
from clearinghouse.sample.records import SampleNode, SampleRecord, load_nodes
from clearinghouse.simulator.server import Server

PORT: Final = 8101
#: When the sample sources are harvested: every half hour.
SCHEDULE: Final = "*/30 * * * *"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a complete harvest must hold of one item."""

    #: The identifier at the source: OAI identifier or gmd:fileIdentifier.
    identifier: str
    datestamp: str
    #: It is told as deleted, and becomes a tombstone.
    deleted: bool
    #: Why it becomes a fault and no record; empty for a sound item.
    fault: str
    #: The metadata element byte for byte as served; nothing where the item is deleted.
    payload: bytes
    #: The item as it stands in config/sample, with its known answers.
    record: SampleRecord


def expected() -> dict[str, tuple[Expected, ...]]:
    """Source id -> what a complete harvest with the settings of `Federation.sources` meets."""
    return {node.id: tuple(_expect(node, record) for record in node.records) for node in load_nodes()}


def _expect(node: SampleNode, record: SampleRecord) -> Expected:
    payload = b""
    if not record.deleted and node.protocol is Protocol.CSW:
        payload = md_metadata(node, record)
    elif not record.deleted:
        payload = oai_node.payload(node, record, node.prefixes[-1])
    return Expected(record.id, record.datestamp, record.deleted, record.fault, payload, record)


def create_app(nodes: tuple[SampleNode, ...]) -> Starlette:
    """The web application that serves these nodes, each at its path, and a list of them at `/`."""

    async def index(_request: Request) -> HTMLResponse:
        items = "".join(
            f'<li><a href="{node.path}{_first_request(node)}">{escape(node.title)}</a> '
            f"({node.protocol}, <code>{node.path}</code>): {escape(node.about)}</li>"
            for node in nodes
        )
        return HTMLResponse(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sample federation</title>'
            f"<h1>Sample federation</h1><ul>{items}</ul></html>"
        )

    routes = [Route("/", index)]
    for node in nodes:
        answer = CswNode(node) if node.protocol is Protocol.CSW else oai_node.oai_node(node)
        routes.append(Route(node.path, answer, methods=["GET", "POST"]))
    return Starlette(routes=routes)


def _first_request(node: SampleNode) -> str:
    if node.protocol is Protocol.CSW:
        return "?service=CSW&amp;version=2.0.2&amp;request=GetCapabilities"
    return "?verb=Identify"


class Federation(Server):
    """Serves the sample nodes between `start` and `stop`, or inside a `with` block.

    Args:
        port: where to listen on loopback; 0 takes any free port.
    """

    def __init__(self, port: int = PORT) -> None:
        super().__init__(port, "sample-federation")
        self._nodes = load_nodes()

    def app(self) -> Starlette:
        """Every node at its path."""
        return create_app(self._nodes)

    def sources(self) -> tuple[Source, ...]:
        """What to register so that every node is harvested, each in its richest format."""
        return tuple(
            Source(
                id=node.id,
                protocol=node.protocol,
                base_url=f"{self.base_url}{node.path}",
                title=node.title,
                metadata_prefix=node.prefixes[-1],
                schedule=SCHEDULE,
            )
            for node in self._nodes
        )
