"""Many simulated nodes behind one server: each at its path, each with its own faults."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from catalogue.source import Protocol, Source
from clearinghouse.simulator.csw_node import CswNode
from clearinghouse.simulator.feed_node import FeedNode
from clearinghouse.simulator.holding import MadeUp
from clearinghouse.simulator.oai_node import OaiNode
from clearinghouse.simulator.registry import csw_switches, faults, feed_switches, switches
from clearinghouse.simulator.server import HOST, Server

#: Seconds that a slow answer takes.
SLOWNESS: Final = 60.0
#: A node that misbehaves at random does so in one to so many ways.
MOST_FAULTS: Final = 3
_METHODS: Final = frozenset({"GET", "POST"})


@dataclass
class SimulatedNode:
    """A node, what it holds, and how it misbehaves."""

    name: str
    holding: MadeUp
    faults: tuple[str, ...]
    node: OaiNode
    #: Path -> what answers there.
    apps: dict[str, ASGIApp] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it speaks OAI-PMH."""
        return f"/{self.name}/oai"

    def misbehave(self, *texts: str) -> None:
        """From now on in these ways, and no others."""
        self.faults = texts
        self.node.switch_on(*switches(texts, self.holding.seed))


@dataclass
class SimulatedCatalogue:
    """A node that speaks CSW, what it holds, and how it misbehaves."""

    name: str
    holding: MadeUp
    faults: tuple[str, ...]
    node: CswNode

    @property
    def path(self) -> str:
        """Where it speaks CSW."""
        return f"/{self.name}/csw"

    def misbehave(self, *texts: str) -> None:
        """From now on in these ways, and no others."""
        self.faults = texts
        self.node.version = "2.0.2"
        self.node.switch_on(*csw_switches(texts, self.holding.seed))


@dataclass
class SimulatedFeed:
    """A node that has nothing but a feed, what it holds, and how it misbehaves."""

    name: str
    holding: MadeUp
    faults: tuple[str, ...]
    node: FeedNode

    @property
    def path(self) -> str:
        """Where its feed is."""
        return f"/{self.name}/feed"

    def misbehave(self, *texts: str) -> None:
        """From now on in these ways, and no others."""
        self.faults = texts
        self.node.switch_on(*feed_switches(texts, self.holding.seed))


class Simulator(Server):
    """Serves simulated nodes between `start` and `stop`, or inside a `with` block.

    Args:
        port: where to listen on loopback; 0 takes any free port.
        host: where else to listen.
        certificate: with which the nodes answer over TLS, too, on a port of its own: `certificates.issue`.
    """

    def __init__(self, port: int = 0, host: str = HOST, certificate: Path | None = None) -> None:
        super().__init__(port, "simulator", host)
        self._secure = None if certificate is None else _Secure(self, certificate)
        self.nodes: dict[str, SimulatedNode] = {}
        self.catalogues: dict[str, SimulatedCatalogue] = {}
        self.feeds: dict[str, SimulatedFeed] = {}
        self._apps: dict[str, ASGIApp] = {}

    def add(
        self,
        name: str,
        *faults: str,
        slowness: float = SLOWNESS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        **holding: Any,
    ) -> SimulatedNode:
        """A further node, also while the server runs.

        Args:
            name: of the node; its address is `/NAME/oai`.
            *faults: how it misbehaves, each as in `Switch.read`.
            slowness: seconds that a slow answer takes.
            now: its clock.
            **holding: fields of MadeUp: what it holds.

        Raises:
            UnknownFault: there is no such fault, or it is not written so.
        """
        held = MadeUp(name, **holding)
        node = OaiNode(held, switches(faults, held.seed), now=now, slowness=slowness)
        found = SimulatedNode(name, held, faults, node)
        self.nodes[name] = found
        self._apps[found.path] = node
        return found

    def add_csw(
        self, name: str, *faults: str, slowness: float = SLOWNESS, **holding: Any
    ) -> SimulatedCatalogue:
        """A further node that speaks CSW, at `/NAME/csw`; arguments as of `add`.

        Raises:
            UnknownFault: there is no such fault of CSW, or it is not written so.
        """
        held = MadeUp(name, **holding)
        node = CswNode(held, csw_switches(faults, held.seed), slowness=slowness)
        found = self.catalogues[name] = SimulatedCatalogue(name, held, faults, node)
        self._apps[found.path] = node
        return found

    def add_feed(self, name: str, *faults: str, **holding: Any) -> SimulatedFeed:
        """A further node that has but a feed, at `/NAME/feed`; arguments as of `add`.

        Raises:
            UnknownFault: there is no such fault of feeds, or it is not written so.
        """
        held = MadeUp(name, **holding)
        found = SimulatedFeed(name, held, faults, FeedNode(held, feed_switches(faults, held.seed)))
        self.feeds[name] = found
        self._apps[found.path] = found.node
        return found

    @property
    def secure_url(self) -> str:
        """The server's address in https; empty where it has none."""
        return self._secure.base_url if self._secure else ""

    def start(self) -> None:
        """Begin to serve, over TLS where there is a certificate; returns when the ports answer.

        Raises:
            OSError: a port is taken.
            RuntimeError: the server did not come up.
        """
        super().start()
        if self._secure:
            self._secure.start()

    def stop(self) -> None:
        """Stop serving and give the ports back; doing so twice does no harm."""
        if self._secure:
            self._secure.stop()
        super().stop()

    def source(self, name: str, **fields: Any) -> Source:
        """What to register so that a node is harvested."""
        if name in self.catalogues:
            return Source(name, Protocol.CSW, self.base_url + self.catalogues[name].path, **fields)
        if name in self.feeds:
            return Source(name, Protocol.FEED, self.base_url + self.feeds[name].path, **fields)
        address = self.base_url + self.nodes[name].path
        return Source(name, Protocol.OAI_PMH, address, **{"metadata_prefix": "oai_dc", **fields})

    def all(self) -> list[SimulatedNode | SimulatedCatalogue | SimulatedFeed]:
        """Every node, those that speak CSW and feeds last."""
        return [*self.nodes.values(), *self.catalogues.values(), *self.feeds.values()]

    def app(self) -> ASGIApp:
        """Every node at its path, and a list of them at `/`."""
        return self._dispatch

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._apps.get(scope["path"])
        if scope["path"] == "/":
            app = Response(self._index(), media_type="application/json")
        elif app is None:
            app = PlainTextResponse("no node has this path", 404)
        elif scope["method"] not in _METHODS:
            app = PlainTextResponse("GET or POST", 405)
        if isinstance(app, OaiNode):
            app.http, app.https = (
                f"{url}{scope['path']}" if url else "" for url in (self.base_url, self.secure_url)
            )
        await app(scope, receive, send)

    def _index(self) -> str:
        nodes = [
            {"name": node.name, "base_url": self.base_url + node.path, "faults": node.faults}
            for node in self.all()
        ]
        return json.dumps({"nodes": nodes}, indent=1)


class _Secure(Server):
    """The same nodes over TLS."""

    def __init__(self, nodes: Simulator, certificate: Path) -> None:
        super().__init__(name="simulator over TLS", certificate=certificate)
        self._nodes = nodes

    def app(self) -> ASGIApp:
        """What is served."""
        return self._nodes.app()


def drawn(number: int, seed: int, among: Sequence[str] = ()) -> tuple[str, ...]:
    """One to three faults for a node that misbehaves at random: always the same for the same seed.

    Args:
        number: of the node.
        seed: of the draw.
        among: names of the faults to draw from; all of them where none is given.
    """
    dice = random.Random(f"{seed}/{number}")  # noqa: S311 - a draw that can be repeated, not a secret
    names = list(among) or [fault.name for fault in faults() if fault.at_random]
    return tuple(dice.sample(names, min(len(names), dice.randint(1, MOST_FAULTS))))
