"""Which release of the software this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def release(name: str = "clearinghouse") -> str:
    """The version of an installed package, ours where none is named; empty where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
