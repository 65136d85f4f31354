"""Writer of BibTeX, in UTF-8 as biber and modern BibTeX read it."""

from __future__ import annotations

import re
from typing import Final

from catalogue.record import Record
from catalogue.rendering.citation import citation

_TYPES: Final = {
    "thesis": "phdthesis",
    "article": "article",
    "chapter": "incollection",
    "book": "book",
    "paper": "inproceedings",
    "report": "techreport",
}
_KEY: Final = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_KEY: Final = 80
#: What TeX takes for something else.
_SPECIAL: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_NOT_IN_ADDRESSES: Final = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


def write(record: Record, *, identifier: str) -> bytes:
    """The record as one entry."""
    cited = citation(record)
    institution = "institution" if cited.kind == "report" else "publisher"
    fields = {
        "title": f"{{{_tex(cited.title or identifier)}}}",
        # A name in braces is not taken apart.
        "author": " and ".join(
            f"{{{_tex(name)}}}" if "," not in name else _tex(name) for name in cited.authors
        ),
        "year": cited.year,
        institution: _tex(cited.publisher),
        "abstract": _tex(record.abstract.default if record.abstract else ""),
        "keywords": _tex(", ".join(s.label.default for s in record.subjects if s.label.default)),
        "language": _tex(", ".join(record.languages)),
        "doi": cited.doi.translate(_NOT_IN_ADDRESSES),
        "url": cited.url.translate(_NOT_IN_ADDRESSES),
    }
    key = _KEY.sub("-", identifier).strip("-")[-_LONGEST_KEY:].lstrip("-") or "record"
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{_TYPES.get(cited.kind, 'misc')}{{{key},\n{body}\n}}\n".encode("utf-8", "ignore")


def _tex(value: str) -> str:
    return " ".join(value.split()).translate(_SPECIAL)
