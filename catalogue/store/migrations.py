"""Bringing a database to this release's schema, and telling when it is not there.

There is no alembic.ini: the settings name the database, `migrations/` holds the steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.errors import SchemaOutOfDate
from catalogue.settings import ROOT
from catalogue.store.engine import reading, writing

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = ROOT / "migrations"
#: Where Alembic writes down which steps it has applied.
_APPLIED = sa.table("alembic_version", sa.column("version_num", sa.String))


def _config() -> Config:
    from alembic.config import Config  # every command starts here, and few have anything to migrate

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply every step up to `revision`."""
    from alembic import command

    config = _config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take steps back, down to `revision` (`base` for none)."""
    from alembic import command

    config = _config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def head() -> str:
    """The newest step: their files are named `NNNN_what.py`, each by its number in the one line they are."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")).partition("_")[0]


def require_current(engine: Engine) -> None:
    """Check that every step has been applied.

    Raises:
        SchemaOutOfDate: it has not.
    """
    with reading(engine) as connection:
        known = sa.inspect(connection).has_table(_APPLIED.name)
        current = connection.scalar(sa.select(_APPLIED.c.version_num)) if known else None
    if current != head():
        raise SchemaOutOfDate(
            f"the database is at revision {current or 'none'} and this release needs {head()}: "
            "run `clearinghouse db upgrade`"
        )
