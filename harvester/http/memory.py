"""What a session is told of earlier ones, and remembers for later ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from harvester.http.conditional import Validators
from harvester.http.exchanges import ExchangeLog


@dataclass(frozen=True, slots=True)
class Memory:
    """The versions of documents that are known, and the record of requests."""

    validators: Validators = field(default_factory=Validators)
    exchanges: ExchangeLog = field(default_factory=ExchangeLog)
