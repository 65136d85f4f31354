"""Constraints that are texts: CQL and CQL2, wherever they stand."""

from __future__ import annotations

from typing import Final

from catalogue.query import Predicate
from endpoint.csw import cql
from endpoint.csw.exceptions import invalid
from endpoint.csw.names import Prefixes
from endpoint.csw.queryables import named
from endpoint.filters.cql2 import meaning, objects
from endpoint.filters.cql2 import text as cql2_text

CQL: Final = "CQL_TEXT"
#: CQL2 (OGC 21-065r2), by what follows OGC API's filter-lang.
_CQL2: Final = {"CQL2-TEXT": cql2_text.parse, "CQL2-JSON": objects.parse}


def predicate_of(language: str, text: str, prefixes: Prefixes) -> Predicate:
    """What a text in one of these languages says.

    Raises:
        OwsException: it is none of them, or the text is none in it.
        InvalidQuery: the text says what cannot be expressed.
    """
    if language == CQL:
        return cql.predicate_of(text, prefixes)
    parse = _CQL2.get(language)
    if parse is None:
        raise invalid("CONSTRAINTLANGUAGE", f"{language!r} is no language of a text")
    return meaning.predicate_of(parse(text), meaning.Names(lambda name: named(name, prefixes)))
