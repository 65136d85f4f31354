"""How memory is asked for, and given back, in a process that runs for years.

The C library takes blocks of more than 128 kB from the system one by one, and gives what is free at the end
of the heap back to it: then each page of a list, of 200 kB and more, is made in memory that the system has to
clear first, and the more so as it grows. That costs as much as to read it out of the database.

And it has a heap for each thread, up to eight for each core, none of which ever becomes smaller: in each the
largest page that its thread has met leaves its room. A worker of six harvests had 256 MB of them after a
minute, of which 188 were free.
"""

from __future__ import annotations

import ctypes
from typing import Final

#: What <malloc.h> of glibc calls them.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
#: What is longer than this comes from the system and goes back to it.
_LONGEST: Final = 8 * 1024 * 1024
#: What may be free at the end of the heap.
_SPARE: Final = 32 * 1024 * 1024


def keep() -> bool:
    """Keep some memory that is free; whether the C library is one that can be told so."""
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    return tell is not None and bool(tell(_MMAP_THRESHOLD, _LONGEST) and tell(_TRIM_THRESHOLD, _SPARE))


def share() -> bool:
    """Have all threads that begin from now on share one heap; whether the C library can be told so.

    They seldom ask at the same time: most of it is done by who holds the interpreter.
    """
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    return tell is not None and bool(tell(_ARENA_MAX, 1))


def give_back() -> None:
    """Give what is free back to the system, in the middle of a heap, too, where the C library can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
