"""A source, and not we, is the cause."""

from __future__ import annotations

from catalogue.errors.base import ClearinghouseError


class HarvestError(ClearinghouseError):
    """A source did not do what the protocol promises."""


class AddressRefused(HarvestError):
    """The address guard forbids this address (private, loopback, link-local, reserved)."""


class SourceUnreachable(HarvestError):
    """No answer: name not found, connection refused or reset, TLS failure, timeout."""


class SourceBusy(HarvestError):
    """HTTP 429 or 503.

    Attributes:
        retry_after: seconds to wait, from the Retry-After header, or None where there was none.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class HttpFailure(HarvestError):
    """An unsuccessful HTTP status.

    Attributes:
        status: the HTTP status code.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class AnswerTooLarge(HarvestError):
    """The answer is longer than the limit, as sent or decompressed."""


class AnswerUnreadable(HarvestError):
    """The answer is not XML, was cut off, or is not an answer of the protocol."""


class ProtocolFailure(HarvestError):
    """The source answered with an error of its protocol.

    Attributes:
        code: the OAI-PMH error code or the OWS exceptionCode, as sent.
        transient: the protocol has no such code: the server has a failure of its own, which may pass.
    """

    def __init__(self, code: str, message: str, *, transient: bool = False) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.transient = transient


class ListBroken(HarvestError):
    """A list that loops, repeats its token, or cannot be resumed."""


class ListIncomplete(HarvestError):
    """A list of which parts cannot be had, however they are asked for; what could be had was taken."""
