"""Writer of Turtle (W3C, RDF 1.1 Turtle), from the tree that DCAT is read into."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from catalogue import namespaces as ns
from catalogue.rendering.rdf_tree import Described, Iri, Literal, Value

_PREFIXES: Final = {
    prefix: ns.PREFIXES[prefix] if prefix != "xsd" else f"{ns.XSD}#"
    for prefix in ("rdf", "rdfs", "dcat", "dct", "foaf", "vcard", "skos", "prov", "org", "xsd")
}
HEAD: Final = "".join(f"@prefix {prefix}: <{uri}> .\n" for prefix, uri in _PREFIXES.items()).encode()
#: Local names that need no escaping.
_LOCAL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_INDENT: Final = "    "


def write(resources: Iterable[Described]) -> bytes:
    """The resources, without the prefixes (HEAD)."""
    out: list[str] = []
    waiting = list(resources)
    while waiting:
        one = waiting.pop(0)
        subject = f"<{one.iri}>" if one.iri else "[]"
        out.append(f"\n{subject} {_content(one, waiting, _INDENT)} .\n")
    return "".join(out).encode("utf-8", "ignore")


def _content(one: Described, waiting: list[Described], indent: str) -> str:
    lines = [f"a {_name(one.kind)}"]
    lines += [f"{_name(name)} {_value(value, waiting, indent)}" for name, value in one.properties]
    return f" ;\n{indent}".join(lines)


def _value(value: Value, waiting: list[Described], indent: str) -> str:
    match value:
        case Iri(iri):
            return f"<{iri}>"
        case Literal(text, language, datatype):
            quoted = f'"{text.translate(_ESCAPES)}"'
            if language:
                return f"{quoted}@{language}"
            return f"{quoted}^^{_name(datatype)}" if datatype else quoted
        case Described(iri) if iri:
            # Told by itself, behind: what has a name need not stand inside.
            waiting.append(value)
            return f"<{iri}>"
        case Described():
            deeper = indent + _INDENT
            return f"[\n{deeper}{_content(value, waiting, deeper)}\n{indent}]"


def _name(iri: str) -> str:
    for prefix, uri in _PREFIXES.items():
        if iri.startswith(uri) and _LOCAL.fullmatch(iri, len(uri)):
            return f"{prefix}:{iri[len(uri) :]}"
    return f"<{iri}>"
