"""What is running in one process, side by side."""

from __future__ import annotations

import subprocess
import sys


def test_what_threads_must_not_find_half_imported_is_there_before_them() -> None:
    """DBOS imports SQLAlchemy's mapper; statements of other threads must not find half of it."""
    program = (
        "import sys, threading, clearinghouse.serving;"
        "assert 'sqlalchemy.orm' in sys.modules and threading.active_count() == 1"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
