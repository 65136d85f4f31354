"""TLS: whose certificates are believed, and whose are not looked at."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from functools import cache
from typing import Any

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util.ssl_ import create_urllib3_context


@cache
def verified() -> ssl.SSLContext:
    """What holds for everybody: certificates are verified against the authorities that browsers know."""
    context = create_urllib3_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def of_source(*, unverified: bool) -> ssl.SSLContext:
    """For one source's own place."""
    context = create_urllib3_context()
    if unverified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def valid_until(certificate: dict[str, Any] | None) -> datetime | None:
    """When a certificate that was verified ends; None where none was."""
    told = (certificate or {}).get("notAfter", "")
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC)
    except (ValueError, OverflowError):
        return None
