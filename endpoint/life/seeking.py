"""What somebody asks for, found: the same on the page and for programs; nobody learns more than he may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from catalogue.errors import UnknownRecord
from catalogue.lives import Candidate, Life, Sought, Standing, life_of, seek
from catalogue.people import Action
from endpoint.auth.gate import reader
from endpoint.deps import services

#: What is typed is looked at so far.
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as it is told, and whether the reader may see its source from within."""

    record: Candidate | Life
    label: str
    within: bool

    @property
    def name(self) -> str:
        """Its title; of a deleted one only for those of its source."""
        gone = self.record.standing is Standing.DELETED and not self.within
        return "" if gone else self.record.title

    @property
    def title(self) -> str:
        """What it is called: by its title, else by its identifier."""
        return self.name or self.key

    @property
    def key(self) -> str:
        """What finds it, and nothing else."""
        return self.record.identifier or self.record.source_identifier


@dataclass(frozen=True, slots=True)
class Found:
    """What was found under a name."""

    typed: str
    candidates: list[Shown]
    #: There are more than are shown.
    more: bool
    #: The life of the one record that is meant; None where several may be, or none.
    life: Shown | None


def found(request: Request, q: str, source: str) -> Found:
    """The records that answer to a name, at one source or at all."""
    known = services(request)
    typed = q.strip()[:_LONGEST]
    sought = seek(known.store, known.settings.repository_identifier, typed) if typed else Sought()
    candidates = [one for one in sought.candidates if source in {"", one.source_id}]
    life = _life(request, candidates)
    return Found(
        typed,
        [_shown(request, one) for one in candidates],
        sought.more,
        _shown(request, life) if life else None,
    )


def _life(request: Request, candidates: list[Candidate]) -> Life | None:
    if len(candidates) != 1:
        return None
    try:
        return life_of(services(request).store, candidates[0])
    except UnknownRecord:
        return None


def _shown(request: Request, record: Candidate | Life) -> Shown:
    label = services(request).store.sources.get(record.source_id).label
    return Shown(record, label, reader(request).may(Action.SEE, record.source_id))
