"""The checks: what is right and wrong with a source. Each is a pure function over an `Observation`."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from harvester.doctor.checks.verdict import CHECKS, judge

# Each fills the table; findings are told in this order.
for _module in ("protocol", "dates", "lists", "catalogues", "transport", "quality"):
    import_module(f"{__name__}.{_module}")

#: The checks that look at records alone, whatever they came by.
OF_RECORDS: Final = frozenset(
    name for name, function in CHECKS.items() if function.__module__.endswith(".quality")
)

__all__ = ["CHECKS", "OF_RECORDS", "judge"]
