"""Bringing a database to this release's schema, and telling when it is not there.

There is no alembic.ini: the settings name the database, `migrations/` holds the steps.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from catalogue.errors import SchemaOutOfDate
from catalogue.settings import ROOT
from catalogue.store.engine import reading, writing


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply every step up to `revision`."""
    config = _config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take steps back, down to `revision` (`base` for none)."""
    config = _config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def require_current(engine: Engine) -> None:
    """Check that every step has been applied.

    Raises:
        SchemaOutOfDate: it has not.
    """
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with reading(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != head:
        raise SchemaOutOfDate(
            f"the database is at revision {current or 'none'} and this release needs {head}: "
            "run `clearinghouse db upgrade`"
        )
