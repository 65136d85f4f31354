"""How memory is asked for: what one answer has given back is there for the next.

The C library takes blocks of more than 128 kB from the system one by one, and gives what is free at the end
of the heap back to it: then each page of a list, of 200 kB and more, is made in memory that the system has to
clear first, and the more so as it grows. That costs as much as to read it out of the database.
"""

from __future__ import annotations

import ctypes
from typing import Final

#: What <malloc.h> of glibc calls them.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
#: What is longer than this comes from the system and goes back to it.
_LONGEST: Final = 8 * 1024 * 1024
#: What may be free at the end of the heap.
_SPARE: Final = 32 * 1024 * 1024


def keep() -> bool:
    """Keep some memory that is free; whether the C library is one that can be told so."""
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    return tell is not None and bool(tell(_MMAP_THRESHOLD, _LONGEST) and tell(_TRIM_THRESHOLD, _SPARE))
