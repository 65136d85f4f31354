"""Where tests write: in memory, where there is enough of it.

Nearly every test makes a database and waits for the disk, which takes longer than all else that it does.
TMPDIR says otherwise.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_MEMORY: Final = Path("/dev/shm")
#: Bytes that must be free: three databases' servers, and the stores of tests that have failed.
_ENOUGH: Final = 4 << 30


def _is_roomy(place: Path) -> bool:
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK) and shutil.disk_usage(place).free >= _ENOUGH


if "TMPDIR" not in os.environ and _is_roomy(_MEMORY):
    os.environ["TMPDIR"] = str(_MEMORY)
    # It may have been asked for already.
    tempfile.tempdir = None
