"""Why there is no answer, in words: the messages of the libraries hold whole URLs, secrets and all."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Final

import requests
import urllib3

from catalogue.errors import AnswerUnreadable, HarvestError, RequestLeft, SourceUnreachable

#: What mostly is amiss: X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, ..._VERIFY_LEAF_SIGNATURE.
_HINTS: Final = dict.fromkeys(
    (20, 21), " (who has signed it is not known here, or the server leaves out the certificates in between)"
)


def translated(where: str, error: Exception, read_timeout: float) -> HarvestError | RequestLeft:
    """Our own error for one of requests, urllib3 or the socket.

    Args:
        where: the address as messages show it.
        error: what was raised.
        read_timeout: seconds for which nothing came, where it was a timeout.
    """
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, HarvestError | RequestLeft):
            return cause
        if isinstance(cause, urllib3.exceptions.IncompleteRead):
            return AnswerUnreadable(f"{where}: the answer was cut off by the connection")
        if isinstance(cause, urllib3.exceptions.DecodeError):
            return AnswerUnreadable(f"{where}: the answer is not compressed as its header says")
    words = next(filter(None, (_in_words(cause, read_timeout) for cause in causes)), "")
    return SourceUnreachable(f"{where}: {words or 'the connection was closed without a complete answer'}")


def _in_words(cause: BaseException, read_timeout: float) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"the TLS certificate is not accepted: {cause.verify_message}{_HINTS.get(cause.verify_code, '')}"
        )
    if isinstance(cause, ssl.SSLError):
        return f"TLS failed: {(cause.reason or 'handshake').lower().replace('_', ' ')}"
    if isinstance(cause, TimeoutError | urllib3.exceptions.ReadTimeoutError):
        return f"nothing came for {read_timeout:g} seconds"
    if isinstance(cause, OSError) and str(cause).startswith("Tunnel connection failed"):
        return f"the proxy does not lead there: {str(cause).partition(': ')[2][:80]}"
    if isinstance(cause, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader | UnicodeError):
        return "not an address that can be asked"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything that it came from, the nearest first."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, getattr(cause, "reason", None), *cause.args, cause.__context__]
