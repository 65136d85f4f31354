"""gzip of which a part has been compressed before (RFC 1951, RFC 1952).

A stream of DEFLATE is blocks in a row. What was compressed by itself, and ended on a byte and not with the
mark of a last block, may stand among others as it is: it refers to nothing before it, and nothing behind
refers to it. So it is one member of gzip, which every client reads. The check sum of a whole is made of those
of its parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from isal import isal_zlib

_LEVEL: Final = 1
#: zlib's number for bare DEFLATE with the largest window.
_BARE: Final = -15
#: No name, no time, made as fast as can be, on Unix.
_BEGIN: Final = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 3))
#: The polynomial of the check sum, and one bit, as zlib has them: the highest power stands lowest.
_POLYNOMIAL: Final = 0xEDB88320
_ONE: Final = 1 << 31


class Deflated:
    """A part of an answer, compressed once for all answers that it stands in."""

    __slots__ = ("body", "checksum", "shift", "size")

    def __init__(self, content: bytes) -> None:
        compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _BARE)
        #: In DEFLATE, to be followed by more.
        self.body: bytes = compressor.compress(content) + compressor.flush(isal_zlib.Z_FULL_FLUSH)
        #: Of the content.
        self.size = len(content)
        self.checksum: int = isal_zlib.crc32(content)
        #: What a check sum is multiplied by when so many bytes come behind what it is of.
        self.shift = _power(8 * self.size)


Part = bytes | Deflated


def length(parts: Sequence[Part]) -> int:
    """Bytes of an answer without a coding."""
    return sum(len(part) if isinstance(part, bytes) else part.size for part in parts)


def gzip(parts: Sequence[Part]) -> bytes:
    """These parts in a row, as one member of gzip."""
    made, checksum = [_BEGIN], 0
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _BARE)
    for part in parts:
        if isinstance(part, bytes):
            made.append(compressor.compress(part))
            checksum = isal_zlib.crc32(part, checksum)
        else:
            made += (compressor.flush(isal_zlib.Z_FULL_FLUSH), part.body)
            compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _BARE)
            checksum = _product(part.shift, checksum) ^ part.checksum
    made.append(compressor.flush())
    size = length(parts) & 0xFFFFFFFF
    made.append(checksum.to_bytes(4, "little") + size.to_bytes(4, "little"))
    return b"".join(made)


def _product(one: int, other: int) -> int:
    """Of two polynomials over bits, modulo that of the check sum."""
    product, bit = 0, _ONE
    while one:
        if one & bit:
            product ^= other
            one ^= bit
        bit >>= 1
        other = (other >> 1) ^ _POLYNOMIAL if other & 1 else other >> 1
    return product


@lru_cache(1024)
def _power(exponent: int) -> int:
    """The unknown to this power, modulo the same."""
    result, square = _ONE, _ONE >> 1
    while exponent:
        if exponent & 1:
            result = _product(square, result)
        square = _product(square, square)
        exponent >>= 1
    return result
