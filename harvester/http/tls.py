"""TLS: whose certificates are believed, and whose are not looked at."""

from __future__ import annotations

import secrets
import ssl
import tempfile
from datetime import UTC, datetime
from functools import cache
from typing import Any

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util.ssl_ import create_urllib3_context

from catalogue.credentials import locked_key


@cache
def verified() -> ssl.SSLContext:
    """What holds for everybody: certificates are verified against the authorities that browsers know."""
    context = create_urllib3_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def of_source(
    *, unverified: bool, authorities: str = "", shown: tuple[str, str] | None = None
) -> ssl.SSLContext:
    """For one source's own place.

    Args:
        unverified: its certificate is not looked at.
        authorities: certificates (PEM) that are believed besides.
        shown: our own certificate and its key (PEM).
    """
    context = create_urllib3_context()
    if unverified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        if authorities:
            context.load_verify_locations(cadata=authorities)
    if shown is not None:
        _show(context, *shown)
    return context


def _show(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """OpenSSL reads keys from files alone: this one is locked while it is in one."""
    passphrase = secrets.token_bytes(24).hex().encode()
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(certificate.encode() + locked_key(key, passphrase))
        file.flush()
        context.load_cert_chain(file.name, password=passphrase)


def valid_until(certificate: dict[str, Any] | None) -> datetime | None:
    """When a certificate that was verified ends; None where none was."""
    told = (certificate or {}).get("notAfter", "")
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC)
    except (ValueError, OverflowError):
        return None
