"""GetDomain (07-006r1, 10.7; 12-176r7, 7.2): the values that records have, or that parameters take."""

from __future__ import annotations

from typing import Final

from catalogue.queryables import QUERYABLES, WITHOUT_VALUES, Kind
from endpoint.csw.domains import Domains
from endpoint.csw.exceptions import invalid
from endpoint.csw.requests import GetDomain
from endpoint.csw.responses import Dialect
from endpoint.csw.service import Service

#: Values that a domain lists; one that has more is told as a range.
_MOST_VALUES: Final = 1_000


def get_domain(
    service: Service, request: GetDomain, dialect: Dialect, parameters: Domains, **attributes: str
) -> bytes:
    """The answer: a DomainValues for each name, in the order of the request.

    Raises:
        OwsException: there is no such parameter.
    """
    parts = []
    for sent, queryable in request.properties:
        # No list says what values there could be.
        content = "" if request.possible else _values(service, queryable, dialect)
        parts.append(dialect.domain(dialect.property_name, sent, content, **attributes))
    for name in request.parameters:
        values = parameters.get(name.lower())
        if values is None:
            raise invalid("ParameterName", f"there is no parameter {name!r}")
        listed = dialect.listed((value, None) for value in values)
        parts.append(dialect.domain("ParameterName", name, listed, **attributes))
    return dialect.document("GetDomainResponse", "".join(parts))


def _values(service: Service, queryable: str, dialect: Dialect) -> str:
    """The values that the records have now, or the range that they lie in where they are too many.

    Of a domain of which neither can be told the answer has the name alone (07-006r1, 10.7.4.3).
    """
    kind = QUERYABLES[queryable]
    if kind in WITHOUT_VALUES:
        return ""
    if kind is not Kind.DATESTAMP:
        values = service.values(queryable, limit=_MOST_VALUES)
        if values is not None:
            return dialect.listed(values)
    span = service.span(queryable)
    return dialect.range_of(*span) if span else ""
