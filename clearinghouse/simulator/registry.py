"""All faults, from the modules that have them, and the switches that turn them on."""

from __future__ import annotations

from collections.abc import Iterable

from clearinghouse.simulator import (
    faults_answers,
    faults_changes,
    faults_limits,
    faults_lists,
    faults_tokens,
    faults_transport,
    faults_xml,
)
from clearinghouse.simulator.faults_csw import CSW_FAULTS
from clearinghouse.simulator.faults_feed import FEED_FAULTS
from clearinghouse.simulator.switches import FAULTS, Fault, Switch

#: The modules whose functions are the faults.
MODULES = (
    faults_lists,
    faults_tokens,
    faults_changes,
    faults_answers,
    faults_xml,
    faults_transport,
    faults_limits,
)


def faults() -> list[Fault]:
    """Every fault of OAI-PMH, by name."""
    return sorted(FAULTS.values(), key=lambda fault: fault.name)


def csw_faults() -> list[Fault]:
    """Every fault of CSW, by name."""
    return sorted(CSW_FAULTS.values(), key=lambda fault: fault.name)


def feed_faults() -> list[Fault]:
    """Everything that feeds do, by name."""
    return sorted(FEED_FAULTS.values(), key=lambda fault: fault.name)


def feed_switches(texts: Iterable[str], seed: int = 0) -> tuple[Switch, ...]:
    """The switches of a node that is a feed.

    Raises:
        UnknownFault: there is no such fault of feeds, or it is not written so.
    """
    return tuple(Switch.read(text, seed, FEED_FAULTS) for text in texts)


def csw_switches(texts: Iterable[str], seed: int = 0) -> tuple[Switch, ...]:
    """The switches of a node that speaks CSW.

    Raises:
        UnknownFault: there is no such fault of CSW, or it is not written so.
    """
    return tuple(Switch.read(text, seed, CSW_FAULTS) for text in texts)


def switches(texts: Iterable[str], seed: int = 0) -> tuple[Switch, ...]:
    """The switches of a node, each written as in `Switch.read`.

    Raises:
        UnknownFault: there is no such fault, or it is not written so.
    """
    return tuple(Switch.read(text, seed) for text in texts)
