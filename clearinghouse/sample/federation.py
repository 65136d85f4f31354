"""The sample federation: every sample node behind one HTTP server on loopback, in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from catalogue.source import Protocol, Source
from catalogue.xml import escape
from clearinghouse.sample import oai_node
from clearinghouse.sample.csw_node import CswNode
from clearinghouse.sample.iso19139 import md_metadata
from clearinghouse.sample.oai_node import OaiNode
from clearinghouse.sample.records import SampleNode, SampleRecord, load_nodes

HOST: Final = "127.0.0.1"
PORT: Final = 8101
#: When the sample sources are harvested: every half hour.
SCHEDULE: Final = "*/30 * * * *"
#: Seconds to wait for the server to begin and to end.
_PATIENCE: Final = 10.0


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
        answer = CswNode(node) if node.protocol is Protocol.CSW else OaiNode(node)
        routes.append(Route(node.path, answer, methods=["GET", "POST"]))
    return Starlette(routes=routes)


def _first_request(node: SampleNode) -> str:
    if node.protocol is Protocol.CSW:
        return "?service=CSW&amp;version=2.0.2&amp;request=GetCapabilities"
    return "?verb=Identify"


class Federation:
    """Serves the sample nodes between `start` and `stop`, or inside a `with` block.

    Args:
        port: where to listen on loopback; 0 takes any free port.
    """

    def __init__(self, port: int = PORT) -> None:
        self._wanted_port = port
        self._nodes = load_nodes()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None

    @property
    def base_url(self) -> str:
        """The address of the list of nodes, without a slash at the end."""
        port = self._socket.getsockname()[1] if self._socket else self._wanted_port
        return f"http://{HOST}:{port}"

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

    def start(self) -> None:
        """Begin to serve; returns when the port answers.

        Raises:
            OSError: the port is taken.
            RuntimeError: the server did not come up.
        """
        self._socket = _listen(self._wanted_port)
        config = uvicorn.Config(
            create_app(self._nodes),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=server.run, kwargs={"sockets": [self._socket]}, name="sample-federation", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + _PATIENCE
        while not server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                self.stop()
                raise RuntimeError("the sample federation did not start")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop serving and give the port back; doing so twice does no harm."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_PATIENCE)
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = None

    def wait(self) -> None:
        """Wait until the server ends, or until the process is interrupted."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()


def _listen(port: int) -> socket.socket:
    """A socket that listens on loopback; made here so that a port that is taken is an error at once."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    return listener
