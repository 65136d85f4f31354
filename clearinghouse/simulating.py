"""The command that starts simulated nodes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from clearinghouse.output import print_table

#: Where the first node listens, if nothing else is said.
PORT: Final = 8201
#: Seconds that a slow answer takes: as long as we wait for any.
SLOWNESS: Final = 60.0


def add_command(app: typer.Typer) -> None:
    """Add `clearinghouse simulate`."""
    app.command("simulate")(command)


def command(  # noqa: PLR0913 - one for each option
    *,
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes any free one.")] = PORT,
    nodes: Annotated[int, typer.Option(min=1, max=10_000, help="How many nodes.")] = 1,
    records: Annotated[int, typer.Option(min=0, help="Records in each.")] = 1000,
    page_size: Annotated[int, typer.Option(min=1, help="Records in a page.")] = 100,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=SHARE][@POSITION]", help="How they misbehave; repeatable. See --list-faults."
        ),
    ] = None,
    mixed: Annotated[
        bool, typer.Option("--mixed", help="Each node in one to three ways, drawn among those named, or all.")
    ] = False,
    csw: Annotated[bool, typer.Option("--csw", help="They speak CSW; with faults of its own.")] = False,
    feed: Annotated[bool, typer.Option("--feed", help="They are feeds; with faults of their own.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same nodes.")] = 0,
    slowness: Annotated[float, typer.Option(help="Seconds that a slow answer takes.")] = SLOWNESS,
    tls: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Also over TLS, on a port of its own; the authority is written there."
        ),
    ] = None,
    show_faults: Annotated[
        bool, typer.Option("--list-faults", help="List the ways to misbehave, and do no more.")
    ] = False,
) -> None:
    """Start simulated nodes on loopback, OAI-PMH, CSW or feeds, good ones or bad ones, until Ctrl-C."""
    if show_faults:
        list_faults(csw=csw, feed=feed)
        return
    wanted = Wanted(port, nodes, records, page_size, fault or (), mixed, seed, slowness, csw, tls, feed)
    raise typer.Exit(simulate(wanted))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to simulate."""

    port: int
    nodes: int
    records: int
    page_size: int
    faults: Sequence[str]
    #: Each node misbehaves in one to three ways of its own, drawn among `faults` or all.
    mixed: bool
    seed: int
    slowness: float
    #: They speak CSW, not OAI-PMH.
    csw: bool = False
    #: Where the certificate is kept with which they answer over TLS, too.
    tls: Path | None = None
    #: They are feeds.
    feed: bool = False


def list_faults(*, csw: bool = False, feed: bool = False) -> None:
    """Print every fault, of OAI-PMH, of CSW or of feeds."""
    from clearinghouse.simulator.registry import csw_faults, faults, feed_faults

    row = "C{}" if csw else "{}"
    rows = [
        (fault.name, _often(fault.chance, fault.times), ", ".join(map(row.format, fault.rows)), fault.about)
        for fault in (csw_faults() if csw else feed_faults() if feed else faults())
    ]
    print_table(("fault", "happens", "rows", "what the node does"), rows)


def _often(chance: float, times: int) -> str:
    share = "always" if chance >= 1 else f"to {chance:.0%}"
    if times:
        return f"{share}, {'once' if times == 1 else f'{times} times'}"
    return share


def simulate(wanted: Wanted) -> int:
    """Serve until interrupted; 1 where the port is taken.

    Raises:
        UnknownFault: there is no such fault, or it is not written so.
    """
    from clearinghouse.simulator.certificates import AUTHORITY, issue
    from clearinghouse.simulator.nodes import Simulator, drawn
    from clearinghouse.simulator.registry import csw_faults, feed_faults

    nodes = Simulator(wanted.port, certificate=issue(wanted.tls) if wanted.tls else None)
    width = len(str(wanted.nodes))
    for number in range(1, wanted.nodes + 1):
        known = csw_faults() if wanted.csw else feed_faults() if wanted.feed else ()
        among = wanted.faults or [one.name for one in known]
        chosen = drawn(number, wanted.seed, among) if wanted.mixed else tuple(wanted.faults)
        held: dict[str, Any] = {"count": wanted.records, "seed": wanted.seed, "page_size": wanted.page_size}
        name = f"n{number:0{width}}"
        if wanted.feed:
            nodes.add_feed(name, *chosen, **held)
        else:
            add = nodes.add_csw if wanted.csw else nodes.add
            add(name, *chosen, slowness=wanted.slowness, **held)
    try:
        nodes.start()
    except OSError as error:
        sys.stderr.write(f"{nodes.base_url} cannot be used: {error.strerror}\n")
        return 1
    try:
        for node in nodes.all():
            sys.stdout.write(f"{nodes.base_url}{node.path}  {' '.join(node.faults) or 'as it should be'}\n")
        sys.stdout.flush()
        if wanted.tls:
            sys.stderr.write(f"over TLS at {nodes.secure_url}; the authority is {wanted.tls / AUTHORITY}\n")
        sys.stderr.write("Ctrl-C ends it\n")
        nodes.wait()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    finally:
        nodes.stop()
    return 0
