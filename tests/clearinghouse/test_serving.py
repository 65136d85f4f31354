"""What is running in one process, side by side."""

from __future__ import annotations

import subprocess
import sys

#: `up` without anything behind it, until it would start its first thread.
_UNTIL_THREADS = """
import sys
from contextlib import contextmanager
from clearinghouse import serving

@contextmanager
def web_server(settings, store):
    sys.exit(0 if {"dbos", "sqlalchemy.orm"} <= set(sys.modules) else 1)
    yield

serving.web_server = web_server
serving.up(None, None, sample=False)
"""


def test_what_threads_must_not_find_half_imported_is_there_before_them() -> None:
    """DBOS imports SQLAlchemy's mapper; statements of other threads must not find half of it."""
    subprocess.run([sys.executable, "-c", _UNTIL_THREADS], check=True, timeout=60)


def test_the_command_line_starts_without_what_only_some_commands_need() -> None:
    program = (
        "import sys, clearinghouse.cli;"
        "late = {'alembic', 'sickle', 'owslib', 'rapidfuzz', 'dbos', 'endpoint', 'harvester.http'};"
        "sys.exit(', '.join(late & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=60, capture_output=True)
    assert ended.stderr.decode().strip() == ""
