"""The sets of the feed (OAI-PMH 2.0, section 2.6): a hierarchy from data, each node a query on the record.

config/sets.toml says which branches there are; sources and vocabularies fill them. Which sets a record is in
is computed here, once, when the record arrives, and kept by the store: no list is ever made by looking
through records.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from catalogue.errors import SettingsError
from catalogue.record import Concept
from catalogue.settings import CONFIG
from catalogue.vocabulary import Term, vocabulary

DEFAULT: Final = CONFIG / "sets.toml"
#: OAI-PMH.xsd, setSpecType.
_LEGAL: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")
_SOURCES: Final = "sources"
#: The branch of the sources: the store counts by it.
SOURCE_BRANCH: Final = "source"
#: Combinations of a source and of concepts whose sets are remembered.
_REMEMBERED: Final = 4096


class Through(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A vocabulary whose terms name terms of a branch's vocabulary in one of their columns."""

    each: str
    column: str


class Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A branch of the hierarchy: a set, and one below it for each source or term."""

    spec: str
    each: str
    label: dict[str, str]
    node: str = ""
    through: tuple[Through, ...] = ()


class Single(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A set that is made of other sets."""

    spec: str
    label: dict[str, str]
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()


class _File(msgspec.Struct, forbid_unknown_fields=True):
    branch: list[Branch] = []
    set: list[Single] = []


@dataclass(frozen=True, slots=True)
class SetNode:
    """A set in the sense of OAI-PMH 2.0, section 2.6."""

    spec: str
    #: Language (BCP 47) -> what it is called.
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its setName: in English, else in the language there is; its setSpec where it has none."""
        return self.labels.get("en") or next(iter(self.labels.values()), self.spec)


class SetTree:
    """The hierarchy of sets."""

    def __init__(self, branches: Iterable[Branch], singles: Iterable[Single]) -> None:
        self._nodes: dict[str, SetNode] = {}
        #: (vocabulary, term) -> the setSpecs that a record with this concept is in.
        self._of_concept: dict[tuple[str, str], list[str]] = {}
        self._singles = tuple(singles)
        for branch in branches:
            self._grow(branch)
        for single in self._singles:
            self._add(single.spec, single.label)
        for single in self._singles:
            self._check(single)
        if SOURCE_BRANCH not in self._nodes:
            self._add(SOURCE_BRANCH, {})
        self._sets_of = lru_cache(_REMEMBERED)(self._find)

    def _grow(self, branch: Branch) -> None:
        self._add(branch.spec, branch.label)
        if (branch.each == _SOURCES) != (branch.spec == SOURCE_BRANCH):
            raise SettingsError(f"the branch of the sources, and no other, is the set {SOURCE_BRANCH!r}")
        if branch.each == _SOURCES:
            return
        leaves: dict[str, list[str]] = {}
        for term in vocabulary(branch.each).values():
            for name in _names(term, branch.node):
                spec = f"{branch.spec}:{name}"
                leaves.setdefault(term.id, []).append(spec)
                if spec not in self._nodes:
                    self._add(spec, term.labels)
        for term_id, specs in leaves.items():
            self._of_concept.setdefault((branch.each, term_id), []).extend(specs)
        for way in branch.through:
            for term in vocabulary(way.each).values():
                reached = [spec for value in term.values(way.column) for spec in leaves.get(value, ())]
                self._of_concept.setdefault((way.each, term.id), []).extend(reached)

    def _add(self, spec: str, labels: Mapping[str, str]) -> None:
        if not is_legal(spec):
            raise SettingsError(f"{spec!r} is not a setSpec")
        if spec in self._nodes:
            raise SettingsError(f"there are two sets {spec!r}")
        self._nodes[spec] = SetNode(spec, labels)

    def _check(self, single: Single) -> None:
        for spec in (*single.any, *single.all):
            if spec not in self._nodes and not spec.startswith(f"{SOURCE_BRANCH}:"):
                raise SettingsError(f"the set {single.spec!r} is made of {spec!r}, which there is not")

    def of(self, source_id: str, concepts: Iterable[Concept]) -> tuple[str, ...]:
        """The sets of a record of this source, in which classifiers have found these concepts.

        The most specific ones: to be in `a:b` is to be in `a` (`with_parents`). In the order of their specs.
        """
        return self._sets_of(source_id, frozenset((one.vocabulary, one.term) for one in concepts))

    def _find(self, source_id: str, concepts: frozenset[tuple[str, str]]) -> tuple[str, ...]:
        found: dict[str, None] = {source_set(source_id): None}
        for concept in concepts:
            found |= dict.fromkeys(self._of_concept.get(concept, ()))
        for single in self._singles:
            if (single.any or single.all) and self._holds(single, found):
                found[single.spec] = None
        above = {spec.rpartition(":")[0] for spec in found}
        return tuple(sorted(spec for spec in found if spec not in above))

    @staticmethod
    def _holds(single: Single, found: Mapping[str, None]) -> bool:
        every = set(with_parents(found))
        return every.issuperset(single.all) and (not single.any or not every.isdisjoint(single.any))

    def __len__(self) -> int:
        return len(self._nodes)

    def __iter__(self) -> Iterator[SetNode]:
        return iter(self._nodes.values())

    def get(self, spec: str) -> SetNode | None:
        """The set with this setSpec; None where the hierarchy has none."""
        return self._nodes.get(spec)


def source_set(source_id: str) -> str:
    """The setSpec of the set of all records of one source."""
    return f"{SOURCE_BRANCH}:{source_id}"


def is_legal(set_spec: str) -> bool:
    """Whether this has the syntax of a setSpec."""
    return _LEGAL.fullmatch(set_spec) is not None


def with_parents(specs: Iterable[str]) -> list[str]:
    """These setSpecs, and those of every set above them, each once."""
    found: dict[str, None] = {}
    for spec in specs:
        found[spec] = None
        above = spec.rpartition(":")[0]
        while above:
            found[above] = None
            above = above.rpartition(":")[0]
    return list(found)


def _names(term: Term, column: str) -> tuple[str, ...]:
    """What a term's sets are called below their branch."""
    return (term.values(column) if column else ()) or (term.id,)


def load_sets(path: Path | None = None) -> SetTree:
    """The hierarchy that a file describes; read again only when the file has changed.

    Raises:
        SettingsError: there is no such file, or it does not describe one.
    """
    path = path or DEFAULT
    try:
        return _load(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error


@lru_cache(8)
def _load(path: Path, _changed: int) -> SetTree:
    try:
        document: Any = tomllib.loads(path.read_text(encoding="utf-8"))
        file = msgspec.convert(document, _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    return SetTree(file.branch, file.set)
