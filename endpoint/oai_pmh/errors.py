"""The protocol's errors and exceptions (OAI-PMH 2.0, section 3.6). Each is answered with HTTP 200."""

from __future__ import annotations

from typing import ClassVar

from catalogue.errors import ClearinghouseError


class OaiError(ClearinghouseError):
    """An error condition of the protocol; the message stands in the error element.

    Attributes:
        code: the error code of section 3.6.
        echo: whether the request element repeats the arguments (section 3.2: not where they are illegal).
        response_date: the answer's responseDate, where one was taken before the list was read.
        others: what else is wrong, each to be told by an error element of its own.
    """

    code: ClassVar[str]
    echo: ClassVar[bool] = True

    def __init__(self, message: str, response_date: int | None = None) -> None:
        super().__init__(message)
        self.response_date = response_date
        self.others: tuple[str, ...] = ()


class BadVerb(OaiError):
    """The verb is missing, repeated, or not one of the six."""

    code = "badVerb"
    echo = False


class BadArgument(OaiError):
    """An argument is illegal, missing, repeated, or has a value of illegal syntax."""

    code = "badArgument"
    echo = False

    def __init__(self, message: str, *others: str) -> None:
        super().__init__(message)
        self.others = others


class BadResumptionToken(OaiError):
    """The resumptionToken is invalid or expired."""

    code = "badResumptionToken"


class CannotDisseminateFormat(OaiError):
    """The metadata format is not supported by the item or by the repository."""

    code = "cannotDisseminateFormat"


class IdDoesNotExist(OaiError):
    """The identifier is unknown or illegal in this repository."""

    code = "idDoesNotExist"


class NoRecordsMatch(OaiError):
    """The combination of from, until, set and metadataPrefix results in an empty list."""

    code = "noRecordsMatch"


class NoMetadataFormats(OaiError):
    """There are no metadata formats available for the item."""

    code = "noMetadataFormats"


class NoSetHierarchy(OaiError):
    """There are no sets: nothing has been harvested or registered yet."""

    code = "noSetHierarchy"
