"""One log for everything that runs in a process: our own lines and those of the libraries."""

from __future__ import annotations

import logging
import sys
from typing import Final

import structlog
from structlog.typing import Processor

from catalogue.errors import SettingsError
from catalogue.settings import Settings

_CHATTY: Final = (
    "apscheduler",
    "urllib3",
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "alembic",
    "owslib",
    "sickle",
    "dbos",
)
_LEVELS: Final = {
    # Each logs one line a request or a job, which our own lines say better.
    **dict.fromkeys(_CHATTY, logging.WARNING),
    # It warns of each chore that takes longer than until it is due again: every two seconds, of a long one.
    "apscheduler.scheduler": logging.ERROR,
}


def configure(settings: Settings) -> None:
    """Send every line to standard error, for people or as JSON."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if settings.log_json
        # Plain: with every local variable, an error takes seconds to write down, in which nothing else runs.
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    try:
        root.setLevel(settings.log_level.upper())
    except ValueError as error:
        raise SettingsError(f"settings: log_level: {error}") from error
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)
