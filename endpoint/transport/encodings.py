"""Content codings: which one a client wants (RFC 9110, section 12.5.3), and how it is made.

A harvest's page of 200 kB goes out as 30. What that costs decides how: gzip at its default takes ten times
as long as the page itself, and makes it smaller by a sixth only; at its quickest still three times as long.
ISA-L makes gzip of the same size in a quarter of that (docs/performance.md).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import zstandard

from endpoint.transport import deflated

_ZSTD_LEVEL: Final = 3
#: Headers that are remembered: clients send the same again and again.
_KNOWN_HEADERS: Final = 256
_LONGEST_HEADER: Final = 1000


class _Compressors(threading.local):
    """A Zstandard compressor for each thread: it may not be shared."""

    def __init__(self) -> None:
        self.zstd = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)


_compressors: Final = _Compressors()


def _gzip(content: bytes) -> bytes:
    return deflated.gzip((content,))


def _zstd(content: bytes) -> bytes:
    return _compressors.zstd.compress(content)


#: Those that we make, the best first.
CODINGS: Final[dict[str, Callable[[bytes], bytes]]] = {"zstd": _zstd, "gzip": _gzip}


def wanted(accept_encoding: str) -> str:
    """The coding of ours that an Accept-Encoding header likes best; empty for none.

    Of codings that are liked equally, the first of CODINGS.
    """
    if not accept_encoding:
        return ""
    return _wanted(accept_encoding[:_LONGEST_HEADER])


@lru_cache(_KNOWN_HEADERS)
def _wanted(accept_encoding: str) -> str:
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip()] = _weight(parameter)
    anything = weights.get("*", 0.0)
    best = max(CODINGS, key=lambda name: weights.get(name, anything))
    weight = weights.get(best, anything)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else ""


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
