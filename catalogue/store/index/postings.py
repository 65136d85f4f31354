"""Sets of record numbers: as integers whose bits they are, and as the rows that keep them.

Numbers are kept in chunks of 65,536. Of a chunk a row has few numbers as such, in two bytes each, and many as
a bit for each number that there could be.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Collection, Iterator
from operator import itemgetter
from typing import Final

#: Numbers of a chunk: what two bytes can tell apart.
CHUNK: Final = 1 << 16
_BYTES: Final = CHUNK // 8
#: Numbers up to which they are kept as such.
_FEW: Final = 1024
_ZERO: Final = ord("0")
_ONE: Final = ord("1")
_DIGITS: Final = b"0" * CHUNK
_NONE: Final = bytes(_BYTES)
_BIT: Final = tuple(1 << bit for bit in range(8))
#: Bytes in which there are numbers, and the places of those.
_WRITTEN: Final = re.compile(rb"[^\0]{1,4096}")
_BITS_OF: Final = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
#: Bytes that are looked at together when bits are counted off.
_BLOCKS: Final = (8192, 64)


def chunk_of(number: int) -> int:
    """The chunk in which a number is kept."""
    return number >> 16


def place_in_chunk(number: int) -> int:
    """Which of its chunk's numbers it is."""
    return number & 0xFFFF


def changed(body: bytes | None, added: Collection[int], removed: Collection[int] = ()) -> bytes:
    """A row with these numbers added and removed, by their places in its chunk; empty where none is left."""
    if body is not None and len(body) == _BYTES:
        bits = bytearray(body)
    else:
        low = low_of(body) if body else array("H")
        if removed:
            low = array("H", set(low).difference(removed))
        low.extend(added)
        if len(low) <= _FEW:
            return row_of(low)
        bits, added, removed = bytearray(_BYTES), low, ()
    _add(bits, added)
    for number in removed:
        bits[number >> 3] &= ~_BIT[number & 7]
    return bytes(bits) if any(bits) else b""


def _add(bits: bytearray, numbers: Collection[int]) -> None:
    """Set the bits of these numbers."""
    first, behind = min(numbers, default=0) >> 3, (max(numbers, default=0) >> 3) + 1
    if len(numbers) < behind - first:
        for number in numbers:
            bits[number >> 3] |= _BIT[number & 7]
        return
    # As digits of a number, which is read at once: where they are close together, each costs half as much.
    digits = bytearray(b"0") * (behind - first << 3)
    last = (behind << 3) - 1
    for number in numbers:
        digits[last - number] = _ONE
    span = int(digits, 2) | int.from_bytes(bits[first:behind], "little")
    bits[first:behind] = span.to_bytes(behind - first, "little")


def low_of(body: bytes | bytearray) -> array[int]:
    """The numbers of a row that has them as such."""
    low = array("H", body)
    if sys.byteorder == "big":
        low.byteswap()
    return low


def row_of(low: array[int]) -> bytes:
    """Numbers as such, as a row has them."""
    if sys.byteorder == "big":
        low = array("H", low)
        low.byteswap()
    return low.tobytes()


def without(bits: int, others: int) -> int:
    """These numbers but for the others. A tenth of what `bits & ~others` costs: no complement is made."""
    return bits ^ (bits & others)


class Union:
    """Rows of several chunks, put together."""

    def __init__(self) -> None:
        # Of each chunk: the first row that has a bit for each number, all such rows if there are more, the
        # numbers of all others.
        self._first: dict[int, bytes] = {}
        self._more: dict[int, int] = {}
        self._low: dict[int, bytearray] = {}

    def add(self, chunk: int, body: bytes) -> None:
        """Add the numbers of a row."""
        if len(body) != _BYTES:
            if chunk in self._low:
                self._low[chunk] += body
            else:
                self._low[chunk] = bytearray(body)
        elif chunk in self._more:
            self._more[chunk] |= int.from_bytes(body, "little")
        elif chunk in self._first:
            first = int.from_bytes(self._first.pop(chunk), "little")
            self._more[chunk] = first | int.from_bytes(body, "little")
        else:
            self._first[chunk] = body

    def bits(self) -> int:
        """All of them."""
        chunks = {**self._first, **{chunk: _written(bits) for chunk, bits in self._more.items()}}
        for chunk, body in self._low.items():
            chunks[chunk] = with_numbers(chunks.get(chunk, _NONE), low_of(body))
        if not chunks:
            return 0
        return int.from_bytes(
            b"".join([chunks.get(chunk, _NONE) for chunk in range(max(chunks) + 1)]), "little"
        )


def _written(bits: int) -> bytes:
    return bits.to_bytes(_BYTES, "little")


def with_numbers(body: bytes, low: array[int]) -> bytes:
    """A row of bits with these numbers too."""
    if len(low) <= _FEW:
        bits = bytearray(body)
        for number in low:
            bits[number >> 3] |= _BIT[number & 7]
        return bytes(bits)
    # As digits of a number, which is read at once: each costs a fifth of what a bit does.
    flags = bytearray(_DIGITS)
    for number in low:
        flags[~number] = _ONE
    return _written(int(flags, 2) | int.from_bytes(body, "little"))


class Flags:
    """Numbers of one chunk, that rows are compared with."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._flags = b""

    def common(self, body: bytes) -> int:
        """How many numbers of a row are among them."""
        if len(body) == _BYTES:
            return (int.from_bytes(body, "little") & self._bits).bit_count()
        if not self._flags:
            # The digits of the number, which are bytes that differ by one: a sum of them counts.
            self._flags = f"{self._bits:0{CHUNK}b}"[::-1].encode()
        low = low_of(body)
        if len(low) == 1:
            return self._flags[low[0]] - _ZERO
        found: int = sum(itemgetter(*low)(self._flags))
        return found - _ZERO * len(low)


def bits_of(numbers: Collection[int]) -> int:
    """These numbers as bits."""
    if not numbers:
        return 0
    bits = bytearray((max(numbers) >> 3) + 1)
    _add(bits, numbers)
    return int.from_bytes(bits, "little")


def numbers_of(bits: int, *, offset: int = 0, limit: int | None = None) -> list[int]:
    """The numbers in ascending order: behind the first `offset` of them, at most `limit`."""
    written = bits.to_bytes((bits.bit_length() + 7) >> 3, "little")
    start = 0
    for block in _BLOCKS:
        while start < len(written):
            count = int.from_bytes(written[start : start + block], "little").bit_count()
            if count > offset:
                break
            offset -= count
            start += block
    found: list[int] = []
    for number in _from(written, start):
        if offset:
            offset -= 1
        elif limit is None or len(found) < limit:
            found.append(number)
        if limit is not None and len(found) >= limit:
            break
    return found


def _from(written: bytes, start: int) -> Iterator[int]:
    for run in _WRITTEN.finditer(written, start):
        for at, byte in enumerate(run.group(), run.start()):
            first = at << 3
            for bit in _BITS_OF[byte]:
                yield first + bit
