"""resumptionTokens: stateless, signed, versioned (OAI-PMH 2.0, section 3.5).

A token holds everything that the list needs to go on, and nothing is kept here: it outlives a restart, a
deployment and a change of the page size, and any process of ours that shares the store's secret takes it.
The same token always gives the same continuation, for what it holds decides it: the key behind which
the list goes on, and the datestamp at which it ends.

One byte of version, 16 bytes of HMAC-SHA256 over version and content, the content in MessagePack; the
whole in base64url, so that nobody's percent-encoding can hurt it.
"""

from __future__ import annotations

import binascii
import hmac
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from catalogue.oai_record import utc
from endpoint.oai_pmh.errors import BadResumptionToken

_VERSION = b"\x01"
_MAC = 16
#: The longest token that we make has some 200 characters.
_LONGEST = 1000
#: What each page read adds to a list's time, in seconds: a list of many pages does not expire under
#: a client that reads on.
PAGE_GRACE = 60


class Token(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What every token holds."""

    #: The list goes on under this verb only.
    verb: str
    #: Entries before the next page.
    cursor: int
    size: int
    #: The whole list's responseDate, that of its first page: whichever page's a client comes back with
    #: as its next `from`, it misses nothing that changed while it was reading.
    response_date: int
    expires: int


class ListToken(Token, frozen=True, array_like=True, kw_only=True, tag="l"):
    """Where a list of records or headers goes on."""

    prefix: str
    #: The store's number of the set.
    set_id: int | None
    #: As the client asked. (The key below is not earlier than its `from`.)
    until: int | None
    #: The newest datestamp that there was at the first page: where the list ends.
    snapshot: int
    #: Key of the last entry so far.
    datestamp: int
    record_id: int

    def advanced(self, datestamp: int, record_id: int, *, entries: int) -> ListToken:
        """The token behind the page that this one asked for.

        When it expires is decided by the list and the place in it, not by the clock: so the same token
        gives the same page to the letter.
        """
        return msgspec.structs.replace(
            self,
            cursor=self.cursor + entries,
            expires=self.expires + PAGE_GRACE,
            datestamp=datestamp,
            record_id=record_id,
        )


class SetsToken(Token, frozen=True, array_like=True, kw_only=True, tag="s"):
    """Where the list of sets goes on."""

    #: The last setSpec so far.
    after: str
    #: Whether that was one of the empty sets, which come last.
    empty: bool = False
    #: The newest set that the list knows, of those that have or had records.
    snapshot: int | None = None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ListToken | SetsToken)


class Seal:
    """Signs tokens, and opens what it has signed."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def close(self, token: ListToken | SetsToken) -> str:
        """The token as the client gets it."""
        content = _ENCODER.encode(token)
        return urlsafe_b64encode(_VERSION + self._sign(content) + content).rstrip(b"=").decode()

    def open_list(self, text: str, verb: str) -> ListToken:
        """Where a list of records or headers goes on.

        Raises:
            BadResumptionToken: not ours, not for this verb, changed, or expired.
        """
        token = self._open(text)
        if not isinstance(token, ListToken) or token.verb != verb:
            raise BadResumptionToken("The resumptionToken belongs to another verb")
        return token

    def open_sets(self, text: str) -> SetsToken:
        """Where the list of sets goes on.

        Raises:
            BadResumptionToken: not ours, not for this verb, changed, or expired.
        """
        token = self._open(text)
        if not isinstance(token, SetsToken):
            raise BadResumptionToken("The resumptionToken belongs to another verb")
        return token

    def _open(self, text: str) -> ListToken | SetsToken:
        sealed = _decode(text)
        version, mac, content = sealed[:1], sealed[1 : 1 + _MAC], sealed[1 + _MAC :]
        if version != _VERSION or not hmac.compare_digest(mac, self._sign(content)):
            raise BadResumptionToken("The resumptionToken is not one of this repository's")
        token: ListToken | SetsToken = _DECODER.decode(content)
        if token.expires < time.time():
            raise BadResumptionToken("The resumptionToken has expired: begin the list anew")
        return token

    def _sign(self, content: bytes) -> bytes:
        return hmac.digest(self._secret, _VERSION + content, "sha256")[:_MAC]


def _decode(text: str) -> bytes:
    """The bytes of which this, to the letter, is the base64url; none where there are no such bytes."""
    if len(text) > _LONGEST or not text.isascii():
        return b""
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""
    return sealed if urlsafe_b64encode(sealed).rstrip(b"=").decode() == text else b""


def element(text: str, token: Token, *, cursor: int) -> bytes:
    """The resumptionToken element of a page that begins at `cursor` and that `text` continues."""
    return (
        f'<resumptionToken expirationDate="{utc(token.expires)}" completeListSize="{token.size}"'
        f' cursor="{cursor}">{text}</resumptionToken>'
    ).encode()


def last_element(token: Token) -> bytes:
    """The empty resumptionToken element of the page that completes a list (section 3.5)."""
    return f'<resumptionToken completeListSize="{token.size}" cursor="{token.cursor}"/>'.encode()
