"""Replays a functional suite of pycsw, and compares answers by their meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from csw_client import Answer

PARSER = etree.XMLParser(remove_comments=True)


@dataclass(frozen=True)
class Case:
    """One request of the suite, and the answer that pycsw gives."""

    name: str
    request: str | bytes
    expected: Answer


def cases(folder: Path) -> Iterator[Case]:
    """Every request of a suite."""
    listed = folder / "get" / "requests.txt"
    for line in listed.read_text().splitlines() if listed.exists() else []:
        name, _, query = line.partition(",")
        if query:
            yield Case(f"get_{name}", query, _expected(folder, f"get_{name}"))
    for file in sorted((folder / "post").glob("*.xml")):
        yield Case(f"post_{file.stem}", file.read_bytes(), _expected(folder, f"post_{file.stem}"))


def _expected(folder: Path, name: str) -> Answer:
    content = (folder / "expected" / f"{name}.xml").read_bytes()
    if content.lstrip().startswith(b"{"):
        return Answer(etree.Element("JSON"), content, "application/json", 200)
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
        said["values"] = sorted(map(str, answer.all("//csw:Value/text()|//csw30:Value/text()")))
    if answer.kind == "DescribeRecordResponse":
        said["namespaces"] = sorted(answer.all("csw:SchemaComponent/@targetNamespace"))
    return said


def differences(ours: Answer, theirs: Answer) -> dict[str, tuple[object, object]]:
    """What the two answers say differently: ours, theirs."""
    one, other = meaning(ours), meaning(theirs)
    found = {key: (one.get(key), other.get(key)) for key in one | other if one.get(key) != other.get(key)}
    names = found.get("identifiers", ((), ()))
    if all(isinstance(side, list) for side in names) and sorted(names[0]) == sorted(names[1]):
        found["order"] = found.pop("identifiers")
    if "elements" in one and not found:
        lacking = _lacking(ours, theirs)
        if lacking:
            found["content"] = lacking
    return found


def _lacking(ours: Answer, theirs: Answer) -> tuple[object, object]:
    """What of each element of their records' ours do not say, and what they say of it instead."""
    for one, other in zip(ours.records, theirs.records, strict=True):
        said, expected = values(one), values(other)
        for name, wanted in expected.items():
            if not wanted <= said.get(name, set()):
                return (name, said.get(name)), (name, wanted)
    return ()


def values(record: etree._Element) -> dict[str, set[str]]:
    """The elements of a record in the common format, and what they hold."""
    found: dict[str, set[str]] = {}
    for element in record:
        name = etree.QName(element)
        if name.localname == "BoundingBox":
            numbers = [float(number) for corner in element for number in corner.text.split()]
            text = " ".join(f"{number:.2f}" for number in numbers)
        elif len(element):
            continue
        else:
            text = " ".join((element.text or "").split())
        if text:
            found.setdefault(name.localname, set()).add(text)
    return found
