"""What one answer may cost, and how one source is asked, beyond what holds for all."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

import requests

from catalogue.credentials import Secret, SecretKind
from catalogue.errors import SettingsError
from catalogue.quirks import Quirks, headers_of
from catalogue.settings import Settings
from catalogue.source import Source
from harvester.http import tls

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost."""

    #: Seconds to wait for a connection, for the next bytes, and for the whole answer.
    connect_timeout: float = 15.0
    read_timeout: float = 60.0
    answer_deadline: float = 300.0
    #: Bytes, as sent and decompressed.
    answer_limit: int = 64 * 1024 * 1024
    #: Seconds between the end of one answer and the next request to the same host.
    host_pause: float = 0.0
    #: Seconds that this pause grows to where it says that it was asked too often; 0: it does not grow.
    slowest_pause: float = 8.0
    #: How often it may send us on.
    redirects: int = 5

    @classmethod
    def of(cls, settings: Settings, quirks: Quirks) -> Self:
        """As the settings say, unless the source's quirks say otherwise."""
        read_timeout = quirks.read_timeout or settings.read_timeout
        return cls(
            connect_timeout=settings.connect_timeout,
            read_timeout=read_timeout,
            answer_deadline=max(quirks.answer_deadline or settings.answer_deadline, quirks.read_timeout),
            answer_limit=settings.answer_limit,
            host_pause=quirks.host_pause or settings.host_pause,
        )


class Origin(NamedTuple):
    """Scheme, host and port (RFC 6454): whom a secret is meant for."""

    scheme: str
    host: str
    port: int

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, url: str) -> Self:
        """The origin of an address, its host in the form that goes over the wire.

        Raises:
            ValueError: it is no address.
        """
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        if not host.isascii():
            host = urlsplit(requests.Request("GET", f"http://{host}/").prepare().url or "").hostname or ""
        return cls(parts.scheme.lower(), host.lower(), parts.port or _PORTS.get(parts.scheme.lower(), 0))

    def covers(self, url: str) -> bool:
        """Whether an address is in this place: the same origin, or its https where it was plain http."""
        try:
            other = Origin.of(url.partition("?")[0])  # its arguments are others with every page
        except (ValueError, requests.RequestException):
            return False
        upgraded = self == ("http", self.host, 80) and other == ("https", self.host, 443)
        return other == self or upgraded

    def __str__(self) -> str:
        """As it is written in an address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS.get(self.scheme) else f":{self.port}")


@dataclass(frozen=True, slots=True)
class Terms:
    """How one source is asked. All of it holds at the source's own place alone, wherever else it sends us."""

    #: The address that was registered; empty: nothing here applies anywhere.
    base_url: str = ""
    #: Headers that it needs.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Its certificate is not verified.
    tls_unverified: bool = False
    #: Its secrets are sent over plain http too.
    secrets_over_http: bool = False
    secrets: tuple[Secret, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, source: Source, secrets: Iterable[Secret] = ()) -> Self:
        """As the source's quirks say, and with its secrets."""
        quirks = source.quirks
        return cls(
            source.base_url,
            headers=headers_of(quirks.headers),
            tls_unverified=quirks.tls_unverified,
            secrets_over_http=quirks.secrets_over_http,
            secrets=tuple(secrets),
        )

    def equip(self, request: requests.PreparedRequest) -> None:
        """Put on a request what the source needs, where it goes to the source's own place."""
        url = request.url or ""
        if not self.apply_to(url):
            return
        request.headers.update(self.headers)
        if self._are_safe_on(url):
            for secret in self.secrets:
                request.headers.update(secret.headers)

    def _are_safe_on(self, url: str) -> bool:
        return self.secrets_over_http or url.lower().startswith("https:")

    def told_of_secrets(self, url: str) -> str:
        """What became of the secrets in a request to an address, for whoever reads that it was refused."""
        if not any(secret.headers or secret.kind is SecretKind.CERTIFICATE for secret in self.secrets):
            return "no secret is set for it"
        if not self.apply_to(url):
            return "its secrets were not sent: this is another place than the one that was registered"
        if not self._are_safe_on(url):
            return "its secrets were not sent: this is plain http"
        return "its secrets were sent"

    def tls(self) -> ssl.SSLContext:
        """TLS as it is spoken at the source's own place."""
        found = {secret.kind: secret.values for secret in self.secrets}
        authority, certificate = found.get(SecretKind.AUTHORITY), found.get(SecretKind.CERTIFICATE)
        if not self.tls_unverified and authority is None and certificate is None:
            return tls.verified()
        return tls.of_source(
            unverified=self.tls_unverified,
            authorities=authority["certificates"] if authority else "",
            shown=(certificate["certificate"], certificate["key"]) if certificate else None,
        )

    def apply_to(self, url: str) -> bool:
        """Whether an address is the source's own place."""
        return bool(self.base_url) and Origin.of(self.base_url).covers(url)


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy by which sources are asked."""

    #: `http://host:port`, with user and password where it wants them.
    url: str = field(default="", repr=False)
    #: Names that do not resolve here are left to it.
    resolves: bool = False

    def __post_init__(self) -> None:
        """Refuse what is not an address of a proxy.

        Raises:
            SettingsError: it is not; the message does not show it, for it may hold a password.
        """
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if self.url and not usable:
            raise SettingsError("settings: proxy is not an address of the form http://host:port")
