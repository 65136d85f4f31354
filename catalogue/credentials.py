"""What a source wants to know before it answers: a password, a key, a certificate; and whom we believe.

A `Secret` never shows what it holds: not in its repr, and by no method that a log could call by accident.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PublicFormat

from catalogue.errors import SettingsError
from catalogue.quirks import HEADER_NAME


class SecretKind(StrEnum):
    """What kind of secret a source has; one of each at most."""

    #: User and password (RFC 7617).
    BASIC = "basic"
    #: A header: an API key, a bearer token.
    HEADER = "header"
    #: A client certificate with its key.
    CERTIFICATE = "certificate"
    #: Authorities of its own, that sign its certificate. No secret, but kept with them.
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of a source."""

    kind: SecretKind
    values: Mapping[str, str] = field(repr=False)

    @classmethod
    def basic(cls, user: str, password: str) -> Self:
        """A user and a password.

        Raises:
            SettingsError: the user name cannot be sent.
        """
        if not user or ":" in user or not (user + password).isprintable():
            raise SettingsError(
                "a user name has no colon, and no control characters are in it or the password"
            )
        return cls(SecretKind.BASIC, {"user": user, "password": password})

    @classmethod
    def header(cls, name: str, value: str) -> Self:
        """A header with its value.

        Raises:
            SettingsError: it cannot be sent.
        """
        if not HEADER_NAME.fullmatch(name) or name.lower() in {"host", "content-length", "transfer-encoding"}:
            raise SettingsError(f"{name!r} is not the name of a header that can be set")
        if not (value.isascii() and value.isprintable()):
            raise SettingsError(f"the value of {name} is not printable ASCII in one line")
        return cls(SecretKind.HEADER, {"name": name, "value": value})

    @classmethod
    def certificate(cls, certificate: bytes, key: bytes, passphrase: str = "") -> Self:
        """A client certificate (PEM, with what leads to its authority) and its key.

        Raises:
            SettingsError: one of them cannot be read, they do not belong together, or it has ended.
        """
        chain = _certificates(certificate)
        try:
            loaded = serialization.load_pem_private_key(key, passphrase.encode() or None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SettingsError("the key is not a private key in PEM, or its passphrase is wrong") from error
        spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if chain[0].public_key().public_bytes(*spki) != loaded.public_key().public_bytes(*spki):
            raise SettingsError("the key is not that of the certificate")
        if chain[0].not_valid_after_utc < datetime.now(UTC):
            raise SettingsError(f"the certificate ended on {chain[0].not_valid_after_utc:%Y-%m-%d}")
        plain = loaded.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, NoEncryption())
        return cls(SecretKind.CERTIFICATE, {"certificate": _pem(chain), "key": plain.decode("ascii")})

    @classmethod
    def authority(cls, certificates: bytes) -> Self:
        """Certificates (PEM) of authorities that sign a source's certificate.

        Raises:
            SettingsError: there is none that can be read.
        """
        return cls(SecretKind.AUTHORITY, {"certificates": _pem(_certificates(certificates))})

    @property
    def headers(self) -> dict[str, str]:
        """The headers by which it is sent; none where it is not sent as one."""
        if self.kind is SecretKind.BASIC:
            return {"Authorization": f"Basic {self._token}"}
        return {self.values["name"]: self.values["value"]} if self.kind is SecretKind.HEADER else {}

    @property
    def _token(self) -> str:
        return base64.b64encode(f"{self.values['user']}:{self.values['password']}".encode()).decode()

    @property
    def ends_at(self) -> datetime | None:
        """When it is good no more, where it says so itself."""
        if self.kind is not SecretKind.CERTIFICATE:
            return None
        return _certificates(self.values["certificate"].encode())[0].not_valid_after_utc

    def traces(self) -> Iterator[str]:
        """Every text that must be seen nowhere."""
        if self.kind is SecretKind.BASIC:
            yield from (self.values["password"], self._token)
        if self.kind is SecretKind.HEADER:
            value = self.values["value"]
            yield from (value, value.rpartition(" ")[2])
        if self.kind is SecretKind.CERTIFICATE:
            yield from (line for line in self.values["key"].splitlines() if not line.startswith("-----"))


def locked_key(key: str, passphrase: bytes) -> bytes:
    """A private key in PEM under a passphrase: for OpenSSL, which reads keys from files alone."""
    loaded = serialization.load_pem_private_key(key.encode(), None)
    locked = serialization.BestAvailableEncryption(passphrase)
    return loaded.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


def _certificates(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise SettingsError("there is no certificate in PEM that can be read") from error


def _pem(certificates: list[x509.Certificate]) -> str:
    return "".join(one.public_bytes(Encoding.PEM).decode("ascii") for one in certificates)
