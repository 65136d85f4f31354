"""Clearinghouse with a bug: a page that holds a record named `poison` kills the process that reads it."""

from __future__ import annotations

import os
import signal
from typing import Any

from clearinghouse.cli import main
from harvester import changes, pipeline


def deadly(page: Any, *arguments: Any, **named: Any) -> Any:
    if any(item.identifier == "poison" for item in page.items):
        os.kill(os.getpid(), signal.SIGKILL)
    return changes.changes_of(page, *arguments, **named)


pipeline.changes_of = deadly

if __name__ == "__main__":
    main()
