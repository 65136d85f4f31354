"""What goes wrong, as problem details (RFC 9457): a status, what is wrong, and the parameter at fault."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import msgspec

from catalogue.errors import ClearinghouseError, InvalidQuery

MEDIA_TYPE: Final = "application/problem+json"
_LONGEST: Final = 2_000


class Problem(ClearinghouseError):
    """A request that cannot be answered.

    Attributes:
        status: of HTTP.
        parameter: the parameter at fault; empty where there is none.
    """

    def __init__(self, status: HTTPStatus, detail: str, parameter: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.parameter = parameter

    @property
    def detail(self) -> str:
        """What is wrong, for people."""
        return str(self)[:_LONGEST]

    def document(self) -> bytes:
        """The problem as JSON."""
        told: dict[str, Any] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
        }
        if self.parameter:
            told["parameter"] = self.parameter[:_LONGEST]
        return msgspec.json.encode(told)


def bad(parameter: str, detail: str) -> Problem:
    """A parameter that there is not, or that has a value that it cannot have."""
    return Problem(HTTPStatus.BAD_REQUEST, detail, parameter)


def not_found(detail: str) -> Problem:
    """There is no such thing."""
    return Problem(HTTPStatus.NOT_FOUND, detail)


def gone(detail: str) -> Problem:
    """There was such a thing."""
    return Problem(HTTPStatus.GONE, detail)


def of_query(error: InvalidQuery, parameter: str) -> Problem:
    """What a query cannot say."""
    return bad(parameter, str(error))
