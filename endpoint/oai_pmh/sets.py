"""Sets (OAI-PMH 2.0, sections 2.6 and 4.6): what a setSpec looks like, and how sets are listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from catalogue.store.sets import OaiSet
from catalogue.xml import escape

#: OAI-PMH.xsd, setSpecType.
_LEGAL: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")

#: Sets on a page of ListSets.
PAGE: Final = 500


def is_legal(set_spec: str) -> bool:
    """Whether this has the syntax of a setSpec."""
    return _LEGAL.fullmatch(set_spec) is not None


def elements(listed: Sequence[OaiSet]) -> bytes:
    """The set elements of a page of ListSets."""
    return "".join(
        f"<set><setSpec>{escape(one.set_spec)}</setSpec><setName>{escape(one.name)}</setName></set>"
        for one in listed
    ).encode()
