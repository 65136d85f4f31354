"""What tells two versions of a record apart, field by field, as the node itself wrote them: XML or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from lxml import etree

#: Texts of a record that are compared.
_MOST: Final = 5000
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs; None where it is not there."""

    path: str
    before: str | None
    after: str | None


def leaves(payload: bytes) -> list[tuple[str, str]]:
    """Every text of a payload and where it stands, in order; a text that is no XML or JSON is one leaf."""
    found = _json_leaves(payload) if payload.lstrip()[:1] in {b"{", b"["} else _xml_leaves(payload)
    return found if found is not None else [("", payload.decode("utf-8", "replace").strip()[:_LONGEST])]


def _xml_leaves(payload: bytes) -> list[tuple[str, str]] | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(payload, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    found = []
    for path, element in _walk(root, ""):
        for name, value in sorted(element.attrib.items()):
            if "schemaLocation" not in str(name):
                found.append((f"{path}/@{_local(str(name))}", " ".join(str(value).split())[:_LONGEST]))
        text = " ".join((element.text or "").split())
        if text:
            found.append((path, text[:_LONGEST]))
        if len(found) >= _MOST:
            break
    return found


def _walk(element: etree._Element, above: str) -> Iterator[tuple[str, etree._Element]]:
    path = f"{above}/{_local(str(element.tag))}" if above else _local(str(element.tag))
    yield path, element
    for child in element.iterchildren(etree.Element):
        yield from _walk(child, path)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _json_leaves(payload: bytes) -> list[tuple[str, str]] | None:
    try:
        found = json.loads(payload)
    except ValueError:
        return None
    return list(_flat(found, ""))[:_MOST]


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _flat(one, f"{path}/{name}" if path else str(name))
    elif isinstance(value, list):
        for one in value:
            yield from _flat(one, path)
    elif value is not None:
        yield path, " ".join(str(value).split())[:_LONGEST]


def changes(before: bytes, after: bytes) -> list[FieldChange]:
    """The fields in which two payloads differ, in the order of the later one."""
    old, new = leaves(before), leaves(after)
    found: list[FieldChange] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found += _paired(old[i1:i2], new[j1:j2])
    return found


def _paired(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> list[FieldChange]:
    """What went and what came at one place: the same field on both sides has changed."""
    left = list(old)
    found = []
    for path, value in new:
        same = next((one for one in left if one[0] == path), None)
        if same:
            left.remove(same)
        if same is None or same[1] != value:
            found.append(FieldChange(path, same[1] if same else None, value))
    return [FieldChange(path, value, None) for path, value in left] + found
