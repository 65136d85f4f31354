"""Writer of JSON-LD 1.1 (W3C), from the tree that DCAT is read into."""

from __future__ import annotations

from collections.abc import Iterable
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
    return msgspec.json.encode({"@context": _PREFIXES, "@graph": [_object(one) for one in resources]})


def _object(one: Described) -> dict[str, Any]:
    found: dict[str, Any] = {"@id": one.iri} if one.iri else {}
    found["@type"] = _name(one.kind)
    for name, value in one.properties:
        short, made = _name(name), _value(value)
        if short not in found:
            found[short] = made
        elif isinstance(found[short], list):
            found[short].append(made)
        else:
            found[short] = [found[short], made]
    return found


def _value(value: Value) -> Any:
    match value:
        case Iri(iri):
            return {"@id": iri}
        case Literal(text, language, datatype):
            if language:
                return {"@value": text, "@language": language}
            return {"@value": text, "@type": _name(datatype)} if datatype else text
        case Described():
            return _object(value)


def _name(iri: str) -> str:
    for prefix, uri in _PREFIXES.items():
        if iri.startswith(uri):
            return f"{prefix}:{iri[len(uri) :]}"
    return iri
