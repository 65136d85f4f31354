"""Payloads: the bytes as fetched, content-addressed and compressed."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from threading import local

import sqlalchemy as sa
import zstandard
from sqlalchemy.engine import Connection, Engine

from catalogue.store import dialects
from catalogue.store.engine import reading
from catalogue.store.parts import parts
from catalogue.store.tables import payloads

#: On records of a few kB level 1 spares a fifth of the space, and takes twice as long; what is above spares
#: little more.
_LEVEL = -1


class _Zstandard(local):
    """One compressor and one decompressor for each thread: neither may be shared."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_zstandard = _Zstandard()


def digest(payload: bytes) -> bytes:
    """BLAKE2b-160 of a payload: its address."""
    return blake2b(payload, digest_size=20).digest()


def compressed(content: bytes) -> bytes:
    """Content as the store keeps it."""
    return _zstandard.compressor.compress(content)


def decompressed(body: bytes) -> bytes:
    """What `compressed` was given."""
    return _zstandard.decompressor.decompress(body)


def keep(connection: Connection, found: Iterable[tuple[bytes, bytes]]) -> None:
    """Keep these (digest, payload) pairs, inside a transaction; those that are there already stay."""
    compress = _zstandard.compressor.compress
    # In one order: two writers that keep the same payloads, in the orders of their sources, would wait for
    # each other on PostgreSQL.
    ordered = sorted(dict(found).items())
    rows = [(key, len(payload), compress(payload)) for key, payload in ordered]
    dialects.write_rows(connection, payloads, ("digest", "size", "body"), rows, missing=True)


class Payloads:
    """The bytes as fetched."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, digests: Iterable[bytes]) -> dict[bytes, bytes]:
        """The payloads at these addresses, as far as there are any."""
        decompress = _zstandard.decompressor.decompress
        statement = sa.select(payloads.c.digest, payloads.c.body)
        with reading(self._engine) as connection:
            return {
                bytes(row.digest): decompress(row.body)
                for part in parts(set(digests))
                for row in connection.execute(statement.where(payloads.c.digest.in_(part)))
            }
