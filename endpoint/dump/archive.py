"""A compressed file in the making: Zstandard, with its checksum and sizes counted as it is written."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import zstandard

#: A good deal smaller than the default of 3 makes it, and still faster than records are read.
_LEVEL: Final = 9


class Archive:
    """A file of which every byte that is written goes through Zstandard and SHA-256."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._stream = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compressobj()
        self._digest = hashlib.sha256()
        self.bytes = 0
        self.uncompressed = 0

    def write(self, content: bytes) -> None:
        """Add this."""
        self.uncompressed += len(content)
        self._keep(self._stream.compress(content))

    def _keep(self, compressed: bytes) -> None:
        if compressed:
            self.bytes += len(compressed)
            self._digest.update(compressed)
            self._file.write(compressed)

    @property
    def sha256(self) -> str:
        """Of the compressed file; complete once it is closed."""
        return self._digest.hexdigest()

    def __enter__(self) -> Self:
        """The file itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the end; not where something has gone wrong: what is not whole must not look it."""
        if kind is None:
            self._keep(self._stream.flush())
        self._file.close()
