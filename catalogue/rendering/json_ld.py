"""Writer of JSON-LD 1.1 (W3C), from the tree that DCAT is read into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from catalogue import namespaces as ns
from catalogue.rendering.rdf_tree import Described, Iri, Literal, Value

_PREFIXES: Final = {
    prefix: ns.PREFIXES[prefix] if prefix != "xsd" else f"{ns.XSD}#"
    for prefix in ("rdf", "rdfs", "dcat", "dct", "foaf", "vcard", "skos", "prov", "org", "xsd")
}


def write(resources: Iterable[Described]) -> bytes:
    """The resources as one graph."""
    every = list(resources)
    # An address `org:x` would be taken for a name with our prefix: where there is one, the prefix is not.
    schemes = {iri.partition(":")[0] for one in every for iri in _iris(one)}
    known = {prefix: uri for prefix, uri in _PREFIXES.items() if prefix not in schemes}
    return msgspec.json.encode({"@context": known, "@graph": [_object(one, known) for one in every]})


def _iris(value: Value) -> Iterator[str]:
    if not isinstance(value, Literal):
        yield value.iri
    if isinstance(value, Described):
        for _, inner in value.properties:
            yield from _iris(inner)


def _object(one: Described, known: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"@id": one.iri} if one.iri else {}
    found["@type"] = _name(one.kind, known)
    for name, value in one.properties:
        short, made = _name(name, known), _value(value, known)
        if short not in found:
            found[short] = made
        elif isinstance(found[short], list):
            found[short].append(made)
        else:
            found[short] = [found[short], made]
    return found


def _value(value: Value, known: Mapping[str, str]) -> Any:
    match value:
        case Iri(iri):
            return {"@id": iri}
        case Literal(text, language, datatype):
            if language:
                return {"@value": text, "@language": language}
            return {"@value": text, "@type": _name(datatype, known)} if datatype else text
        case Described():
            return _object(value, known)


def _name(iri: str, known: Mapping[str, str]) -> str:
    for prefix, uri in known.items():
        if iri.startswith(uri):
            return f"{prefix}:{iri[len(uri) :]}"
    return iri
