"""Forms as browsers send them (application/x-www-form-urlencoded), and that they are our own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final, TypeAlias
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.requests import Request

from catalogue.errors import ForeignForm
from endpoint.auth import forgery

#: Bytes of a form.
_LONGEST: Final = 65_536
_MOST_FIELDS: Final = 500


class Fields:
    """The fields of a form: texts, some of them several times."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._pairs = list(pairs)

    def get(self, name: str, default: str = "") -> str:
        """The first value of a field."""
        return next((value for known, value in self._pairs if known == name), default)

    def all(self, name: str) -> list[str]:
        """Every value of a field: of boxes that are ticked."""
        return [value for known, value in self._pairs if known == name]

    def items(self) -> list[tuple[str, str]]:
        """All of them, in their order."""
        return list(self._pairs)

    def __contains__(self, name: str) -> bool:
        return any(known == name for known, _ in self._pairs)


async def fields(request: Request) -> Fields:
    """The fields of a form; none where it is too long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            return Fields([])
    try:
        return Fields(
            parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        )
    except ValueError:  # more fields than any form of ours has
        return Fields([])


def own_fields(request: Request, found: Annotated[Fields, Depends(fields)]) -> Fields:
    """The fields of a form that was sent from our own page.

    Raises:
        ForeignForm: it was not, or it was too old.
    """
    if not forgery.is_ours(request, found.get(forgery.FIELD)):
        raise ForeignForm("the form was too old, or was not sent from this page")
    return found


#: What a route takes that changes something: `form: Form`.
Form: TypeAlias = Annotated[Fields, Depends(own_fields)]
#: What a route takes that tells itself what to say of a form that is not ours.
AnyForm: TypeAlias = Annotated[Fields, Depends(fields)]
