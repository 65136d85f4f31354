"""Passwords: Argon2id by pwdlib, and what is asked of a new one."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from endpoint.languages import N_

#: As few as make guessing hopeless while attempts are limited (NIST SP 800-63B asks for 8, and advises 15).
SHORTEST: Final = 12
LONGEST: Final = 200
_TOO_SHORT: Final = N_("A password has 12 characters at least.")
_TOO_LONG: Final = N_("A password has 200 characters at most.")
_TOO_SIMPLE: Final = N_(
    "This password is too easy to guess: it is your name or address, or few signs repeated."
)
_DIFFERENT: Final = N_("The two passwords are not the same.")
#: A hash takes 64 MiB for a moment: not many at once.
_AT_ONCE: Final = BoundedSemaphore(4)
_FEWEST_SIGNS: Final = 4


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobodys() -> str:
    """What is checked where there is nobody of a name, so that it takes as long."""
    return hashed("nobody has this password")


def hashed(password: str) -> str:
    """The hash of a password."""
    with _AT_ONCE:
        return _hasher().hash(password)


def verify(password: str, known: str) -> tuple[bool, str]:
    """Whether it is the password of this hash, and a stronger hash where the one known is out of date.

    Without a hash it takes as long to say no.
    """
    nobodys = _nobodys()  # made at the first call, whoever is asked for
    with _AT_ONCE:
        right, newer = _hasher().verify_and_update(password[: LONGEST + 1], known or nobodys)
    return right and bool(known), newer or ""


def fault_of(password: str, again: str, *names: str) -> str:
    """What is wrong with a new password, to be translated; empty: nothing."""
    plain = password.casefold()
    if password != again:
        return _DIFFERENT
    if len(password) < SHORTEST:
        return _TOO_SHORT
    if len(password) > LONGEST:
        return _TOO_LONG
    if len(set(plain)) < _FEWEST_SIGNS or any(plain == name.casefold() for name in names):
        return _TOO_SIMPLE
    return ""
