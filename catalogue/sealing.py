"""Secrets of sources under a key: what is stored is of no use to whoever reads the database alone.

The key comes from the setting `secret_key`, or, with SQLite, from a file beside the database that is made
when it is first needed. Keys are those of Fernet (AES-128-CBC with HMAC-SHA256); with several, the first
one seals, and each of them opens, so that a key can be changed while everything runs.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from catalogue.errors import SecretsLocked

#: Of a file: nobody but its owner.
_PRIVATE: Final = 0o600


class Sealer:
    """Seals and opens what is secret."""

    def __init__(self, keys: Sequence[str]) -> None:
        """With these keys, the newest first.

        Raises:
            SecretsLocked: there is none, or one is not a key.
        """
        if not keys:
            raise SecretsLocked(
                "secrets of sources need a key: set secret_key (docs/settings.md says how to make one)"
            )
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise SecretsLocked("secret_key is not a key: 32 bytes in URL-safe base64") from error

    def seal(self, content: bytes) -> bytes:
        """Sealed under the newest key."""
        return self._fernet.encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            SecretsLocked: none of the keys opens it.
        """
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise SecretsLocked("sealed under another key than secret_key or the key file has") from error

    def reseal(self, sealed: bytes) -> bytes:
        """The same under the newest key.

        Raises:
            SecretsLocked: none of the keys opens it.
        """
        return self.seal(self.open(sealed))


def keys_of(setting: str, file: Path | None, *, make: bool = False) -> list[str]:
    """The keys, the newest first: those of the setting, else those of the file.

    Args:
        setting: `secret_key`: keys with commas between them, or empty.
        file: where the keys are kept if not in the setting; None where there is no such place.
        make: whether to make the file, with one key, where there is none.

    Raises:
        SecretsLocked: the file can be read by others, or cannot be read by us.
    """
    if setting.strip() or file is None:
        return [key.strip() for key in setting.split(",") if key.strip()]
    if make and not file.exists():
        _write(file, [new_key()], replace=False)
    try:
        mode = file.stat().st_mode
        if mode & 0o077:
            raise SecretsLocked(f"{file} can be read by others than its owner: chmod 600 {file}")
        return file.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeError) as error:
        raise SecretsLocked(f"the keys in {file} cannot be read") from error


def new_key() -> str:
    """A new key."""
    return Fernet.generate_key().decode("ascii")


def keep_keys(file: Path, keys: Sequence[str]) -> None:
    """Put these keys, the newest first, in the place of those in the file."""
    _write(file, keys, replace=True)


def _write(file: Path, keys: Sequence[str], *, replace: bool) -> None:
    """Whole or not at all, and readable by nobody else at any moment."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            os.fchmod(opened.fileno(), _PRIVATE)
            opened.write("".join(f"{key}\n" for key in keys))
            opened.flush()
            os.fsync(opened.fileno())
        if replace:
            Path(name).replace(file)
        elif not file.exists():
            try:
                os.link(name, file)  # unlike a rename, it does not replace what another process has made
            except FileExistsError:
                return
    finally:
        Path(name).unlink(missing_ok=True)
