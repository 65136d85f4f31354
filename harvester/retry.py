"""How long to wait before trying again."""

from __future__ import annotations

#: Seconds: no page waits longer before it is asked for again.
_LONGEST_PAGE_PAUSE = 30.0
#: Seconds: a run waits so long at most, unless its source asked for more.
_LONGEST_RUN_PAUSE = 6 * 3600.0
#: Seconds: nor longer than this, whatever the source asked for.
_LONGEST_REQUEST = 48 * 3600.0

#: Seconds for which a source may ask for patience with the same page, before that counts as failing.
LONGEST_PATIENCE = 48 * 3600.0
#: Seconds: nor longer than this after its worker died.
_LONGEST_LAPSE = 600.0


def page_pause(failures: int, retry_after: float | None) -> float | None:
    """Seconds before a page is asked for again after so many failures in a row: 1, 2, 4, ...

    None where the source asked for more patience (Retry-After) than a run in progress has: the run is
    then put aside, and its worker does something else meanwhile.
    """
    if asks_for_patience(retry_after):
        return None
    return max(retry_after or 0.0, min(_LONGEST_PAGE_PAUSE, 2.0 ** (failures - 1)))


def asks_for_patience(retry_after: float | None) -> bool:
    """Whether a source asks for a pause (Retry-After) that a run is put aside for, and so does not fail."""
    return retry_after is not None and retry_after > _LONGEST_PAGE_PAUSE


def run_pause(failures: int, retry_after: float | None) -> float:
    """Seconds before a run is taken up again; what the source asked for (Retry-After) comes first."""
    if retry_after is not None:
        return min(_LONGEST_REQUEST, max(1.0, retry_after))
    return float(min(_LONGEST_RUN_PAUSE, 60.0 * 4.0**failures))


def lapse_pause(lapses: int) -> float:
    """Seconds before a run is taken up again whose workers have died so many times in a row before this one.

    The first time at once; then later and later, so that runs which died beside it get ahead of it.
    """
    return 0.0 if not lapses else min(_LONGEST_LAPSE, 5.0 * 4.0 ** (lapses - 1))
