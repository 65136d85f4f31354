"""Writer of RIS: references for EndNote, Zotero, Mendeley and their like. Lines end with CR LF."""

from __future__ import annotations

from typing import Final

from catalogue.record import Record
from catalogue.rendering import dublin_core
from catalogue.rendering.citation import addresses, author, citation

_TYPES: Final = {
    "dataset": "DATA",
    "software": "COMP",
    "thesis": "THES",
    "article": "JOUR",
    "chapter": "CHAP",
    "book": "BOOK",
    "paper": "CPAPER",
    "map": "MAP",
    "video": "VIDEO",
    "image": "FIGURE",
    "law": "STAT",
    "report": "RPRT",
    "work": "GEN",
}


def write(record: Record, *, identifier: str) -> bytes:
    """The record as one reference."""
    cited = citation(record)
    contributors = dublin_core.agents(record)["contributor"]
    lines: list[tuple[str, str]] = [
        ("TY", _TYPES[cited.kind]),
        ("ID", identifier),
        ("TI", cited.title or identifier),
        *(("AU", name) for name in cited.authors),
        *(("A2", author(agent)) for agent in contributors),
        ("PY", cited.year),
        ("DA", cited.date.partition("T")[0].replace("-", "/")),
        ("PB", cited.publisher),
        ("AB", record.abstract.default if record.abstract else ""),
        *(("KW", subject.label.default) for subject in record.subjects),
        *(("LA", tag) for tag in record.languages),
        ("DO", cited.doi),
        *(("UR", url) for url in addresses(record)),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in lines if value or tag == "ER").encode(
        "utf-8", "ignore"
    )


def _line(value: str) -> str:
    """The value on one line: a line of its own would be a tag."""
    return " ".join(value.split())
