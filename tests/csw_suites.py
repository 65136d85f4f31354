"""The functional suites of pycsw, as something that our CSW can be held to.

Each suite's records are harvested, through the pipeline, from a node that serves them by CSW; its requests
are sent to our endpoint over the store that they make; its answers are compared by what they mean
(`pycsw_suite`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, unquote

from lxml import etree
from pytest_httpserver import HTTPServer

from catalogue import namespaces as ns
from catalogue import oai_identifier
from catalogue.formats import ISO19139
from catalogue.run import RunKind
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from csw_catalogue import Catalogue
from csw_client import Answer, CswClient
from factories import now
from harvester.inline import work_now
from harvester.mapping.registry import read
from pycsw_suite import cases, differences

PAGE = Path(__file__).resolve().parent.parent / "docs" / "conformance.md"
#: Why which answers are others: suite -> reason -> requests, by the first characters of their names.
EXPLAINED = Path(__file__).resolve().parent / "conformance" / "csw" / "differences.toml"
_UUID = re.compile(r"(?<=_[0-9a-f]{8})-[0-9a-f]{4}-.*")
#: Names of requests that a row of the table lists.
_MOST_NAMED = 8
BEGIN, END = "<!-- csw: benchmarks/csw_conformance.py -->", "<!-- end -->"
#: Where a request names records.
_ASKED_BY_GET = re.compile(r"((?:^|&)(?:id|recordids)=)([^&]*)", re.IGNORECASE)
_ASKED_BY_POST = re.compile(r"(<(?:\w+:)?Id>)([^<]*)")
_MDB = "http://standards.iso.org/iso/19115/-3/mdb/2.0"


@dataclass(frozen=True)
class Suite:
    """A suite: whose records it is about, and by which schema a node gives them out."""

    name: str
    records: str = "cite"
    schema: str = ns.CSW


SUITES = (
    Suite("cite"),
    Suite("csw30"),
    Suite("default"),
    Suite("atom"),
    Suite("dif"),
    Suite("fgdc"),
    Suite("gm03"),
    Suite("ebrim"),
    Suite("sru"),
    Suite("stablesort"),
    Suite("utf-8"),
    Suite("xslt"),
    Suite("repofilter"),
    Suite("manager"),
    Suite("harvesting"),
    Suite("apiso", "apiso", ns.GMD),
    Suite("apiso-inspire", "apiso", ns.GMD),
    Suite("opensearcheo", "opensearcheo", ns.GMD),
    Suite("idswithpaths", "idswithpaths", ns.GMD),
    Suite("iso19115p3", "iso19115p3", _MDB),
)


@dataclass(frozen=True)
class Held:
    """A store with a suite's records, and how ours are called beside theirs."""

    store: Store
    #: The node's identifier of a record -> the one that we give out.
    ours: dict[str, str]

    def answered(self, client: CswClient, request: str | bytes) -> Answer:
        """Our answer to a request, with our identifiers where it asks by theirs, and theirs in the answer."""
        if isinstance(request, str):
            answer = client.get(_ASKED_BY_GET.sub(self._renamed, request))
        else:
            answer = client.post(_ASKED_BY_POST.sub(self._renamed, request.decode()).encode())
        content = answer.content
        for theirs, ours in self.ours.items():
            content = content.replace(ours.encode(), theirs.encode())
        return replace(answer, root=etree.fromstring(content), content=content)

    def _renamed(self, found: re.Match[str]) -> str:
        names = (unquote(name.strip()) for name in found[2].split(","))
        return found[1] + ",".join(quote(self.ours.get(name, name), safe=":/") for name in names)


@dataclass
class Score:
    """What came of a suite."""

    suite: str
    sent: int = 0
    #: Requests that are answered otherwise -> what is other: ours, theirs.
    unlike: dict[str, dict[str, tuple[object, object]]] = field(default_factory=dict)

    @property
    def same(self) -> int:
        """How many answers mean the same."""
        return self.sent - len(self.unlike)


def documents(folder: Path) -> Iterator[etree._Element]:
    """The records that a suite brings."""
    for file in sorted((folder / "data").glob("**/*.xml")):
        yield etree.parse(file).getroot()


@contextmanager
def harvested(database_url: str, folder: Path, schema: str) -> Iterator[Held]:
    """A store with the records in a suite's folder, harvested from a node that has them."""
    settings = load_settings(database_url=database_url, allowed_networks=("127.0.0.0/8",))
    with Store(database_url) as store, HTTPServer() as server:
        store.upgrade()
        node = Catalogue(server)
        node.records = [etree.tostring(one, encoding="unicode", with_tail=False) for one in documents(folder)]
        node.schemas, node.typenames = (schema,), ("csw:Record",)
        source = Source("nile", Protocol.CSW, server.url_for("/csw"), metadata_prefix=schema)
        store.sources.add(source, now())
        run = work_now(store, settings, "nile", RunKind.FULL)
        if run.tally.new != len(node.records):
            raise AssertionError(f"{folder.name}: {run.ending}, {run.tally}, of {len(node.records)} records")
        named = (_named(one, settings.repository_identifier) for one in documents(folder))
        yield Held(store, {theirs: ours for theirs, ours in named if theirs != ours})


def _named(document: etree._Element, namespace: str) -> tuple[str, str]:
    """The node's identifier of a record, and ours: the same for what came as ISO 19139."""
    native, record = read(etree.tostring(document, with_tail=False))
    theirs = record.metadata_identifier or record.identifiers[0].value
    if native is ISO19139:
        return theirs, theirs
    return theirs, oai_identifier.mint(namespace, "nile", theirs)


def replay(suite: Suite, folder: Path, held: Held) -> Score:
    """Send a suite's requests, and compare the answers."""
    client, score = CswClient(held.store), Score(suite.name)
    for case in cases(folder / suite.name):
        score.sent += 1
        unlike = differences(held.answered(client, case.request), case.expected)
        if unlike:
            score.unlike[case.name] = unlike
    return score


def explained(suite: str) -> dict[str, str]:
    """The beginnings of the names of requests -> why our answer is another."""
    told = tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get(suite, {})
    return {name: reason for reason, names in told.items() for name in names}


def reason(request: str, told: dict[str, str]) -> str:
    """Why the answer to a request is another; empty where nothing says so. The longest beginning counts."""
    return told[max(found, key=len)] if (found := [name for name in told if request.startswith(name)]) else ""


def unexplained(score: Score) -> list[str]:
    """The requests of a suite whose answers are others without a reason."""
    told = explained(score.suite)
    return [name for name in score.unlike if not reason(name, told)]


def stale(score: Score) -> list[str]:
    """What is explained and no longer so."""
    told = explained(score.suite)
    return [name for name in told if not any(other.startswith(name) for other in score.unlike)]


def table(scores: list[Score]) -> str:
    """What docs/conformance.md has of the suites."""
    lines = ["| suite | requests | the same | explained |", "|---|---|---|---|"]
    lines += [f"| `{one.suite}` | {one.sent} | {one.same} | {len(one.unlike)} |" for one in scores]
    sent, same = sum(one.sent for one in scores), sum(one.same for one in scores)
    lines += [f"| together | {sent} | {same} | {sent - same} |", ""]
    lines += ["| suite | requests | why ours is another |", "|---|---|---|"]
    for one in scores:
        told, grouped = explained(one.suite), dict[str, list[str]]()
        for name in one.unlike:
            grouped.setdefault(reason(name, told), []).append(f"`{_short(name)}`")
        lines += [f"| `{one.suite}` | {_listed(names)} | {why} |" for why, names in grouped.items()]
    return "\n".join(lines)


def _short(name: str) -> str:
    return _UUID.sub("", name)


def _listed(names: list[str]) -> str:
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
