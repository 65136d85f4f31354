"""What may stand in the fields of a registration."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from fastapi import Depends
from starlette.requests import Request

from catalogue.errors import InvalidMail, SettingsError
from catalogue.mail import normal_address
from catalogue.xml import clean
from endpoint.auth import forgery
from endpoint.auth.forms import Fields, fields

LINE: Final = 200
TEXT: Final = 2000
#: What might be one, anywhere in a text.
_LIKE_A_MAIL: Final = re.compile(r"\S@\S")


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form as they were typed, made fit to be kept."""

    fields: Fields
    #: Whether it was sent from our own page.
    is_ours: bool = True

    def line(self, name: str, longest: int = LINE) -> str:
        """A field of one line: no control characters, no spaces but single ones inside."""
        return " ".join(clean(self.fields.get(name)).split())[:longest]

    def text(self, name: str) -> str:
        """A field of several lines."""
        return clean(self.fields.get(name).replace("\r\n", "\n")).strip()[:TEXT]

    def every(self, name: str) -> tuple[str, ...]:
        """The values of a field that is there several times, each once."""
        return tuple(dict.fromkeys(self.fields.all(name)))

    def has(self, name: str) -> bool:
        """Whether a box is ticked, or a button was pressed."""
        return name in self.fields

    def kept(self) -> tuple[tuple[str, str], ...]:
        """All fields but those of the form itself, to be read again another time."""
        mine = {forgery.FIELD, "back", "look"}
        return tuple((name, clean(text)[:TEXT]) for name, text in self.fields.items() if name not in mine)

    def number(self, name: str, otherwise: int) -> int:
        """A small whole number; something else where it is none."""
        text = self.fields.get(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= len("1000") else otherwise


def typed(request: Request, found: Annotated[Fields, Depends(fields)]) -> Typed:
    """The form in a request."""
    return Typed(found, forgery.is_ours(request, found.get(forgery.FIELD)))


#: What a route takes that shows what was typed again where the form is not ours.
TypedForm: TypeAlias = Annotated[Typed, Depends(typed)]


def is_mail(text: str) -> bool:
    """Whether we could write to this address."""
    try:
        normal_address(text)
    except InvalidMail:
        return False
    return True


def tells_a_mail(text: str) -> bool:
    """Whether a mail address may stand in a text that is public."""
    return _LIKE_A_MAIL.search(text) is not None


def is_usable(name: str, check: Callable[[str], object]) -> bool:
    """Whether a check of ours takes a value."""
    try:
        check(name)
    except SettingsError:
        return False
    return True
