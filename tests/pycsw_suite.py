"""Replays a functional suite of pycsw, and compares answers by their meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from csw_client import Answer, CswClient

PAGE = Path(__file__).resolve().parent.parent / "docs" / "conformance.md"
PARSER = etree.XMLParser(remove_comments=True)


@dataclass(frozen=True)
class Case:
    """One request of the suite, and the answer that pycsw gives."""

    name: str
    request: str | bytes
    expected: Answer

    def send(self, client: CswClient) -> Answer:
        """Our answer."""
        if isinstance(self.request, str):
            return client.get(self.request)
        return client.post(self.request)


def cases(folder: Path) -> Iterator[Case]:
    """Every request of a suite."""
    for line in (folder / "get" / "requests.txt").read_text().splitlines():
        name, _, query = line.partition(",")
        if query:
            yield Case(f"get_{name}", query, _expected(folder, f"get_{name}"))
    for file in sorted((folder / "post").glob("*.xml")):
        yield Case(f"post_{file.stem}", file.read_bytes(), _expected(folder, f"post_{file.stem}"))


def _expected(folder: Path, name: str) -> Answer:
    content = (folder / "expected" / f"{name}.xml").read_bytes()
    return Answer(etree.fromstring(content, PARSER), content, "application/xml", 200)


def meaning(answer: Answer) -> dict[str, object]:
    """What an answer says, without its wording."""
    said: dict[str, object] = {"kind": answer.kind}
    if answer.kind == "ExceptionReport":
        code, locator = answer.exception
        return said | {"code": code, "locator": locator.lower()}
    if answer.kind == "Capabilities":
        return said | {"version": answer.root.get("version")}
    if answer.kind == "GetRecordsResponse":
        said["counts"] = answer.counts
    if answer.kind in {"GetRecordsResponse", "GetRecordByIdResponse"}:
        said["identifiers"] = answer.identifiers
        said["elements"] = [etree.QName(record).localname for record in answer.records]
    if answer.kind in {"Record", "SummaryRecord", "BriefRecord"}:
        said["identifier"] = answer.all("dc:identifier/text()")[0]
    if answer.kind in {"feed", "entry"}:
        said["identifiers"] = [str(found) for found in answer.all("//dc:identifier/text()")]
        said["counts"] = [str(found) for found in answer.all("os:totalResults/text()")]
    if answer.kind == "GetDomainResponse":
        said["values"] = sorted(map(str, answer.all("//csw30:Value/text()")))
    if answer.kind == "DescribeRecordResponse":
        said["namespaces"] = sorted(answer.all("csw:SchemaComponent/@targetNamespace"))
    return said


def differences(ours: Answer, theirs: Answer) -> dict[str, tuple[object, object]]:
    """What the two answers say differently: ours, theirs."""
    one, other = meaning(ours), meaning(theirs)
    return {key: (one.get(key), other.get(key)) for key in one | other if one.get(key) != other.get(key)}


def told(suite: str) -> tuple[tuple[int, int], dict[str, str]]:
    """What docs/conformance.md tells of a suite: the score, and why which answers are others."""
    section = PAGE.read_text().partition(f"### pycsw `{suite}`: ")[2].partition("\n###")[0]
    score = re.match(r"(\d+) of (\d+) the same\n", section)
    reasons: dict[str, str] = {}
    for cells in re.finditer(r"^\| (`.+`) \| (.+) \|$", section, re.MULTILINE):
        reasons |= dict.fromkeys(re.findall("`([^`]+)`", cells[1]), cells[2])
    return (int(score[1]), int(score[2])), reasons
