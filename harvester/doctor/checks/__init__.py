"""The checks: what is right and wrong with a source. Each is a pure function over an `Observation`."""

from __future__ import annotations

from importlib import import_module

from harvester.doctor.checks.verdict import CHECKS, judge

# Each fills the table; findings are told in this order.
for _module in ("protocol", "dates", "lists", "catalogues", "transport", "quality"):
    import_module(f"{__name__}.{_module}")

__all__ = ["CHECKS", "judge"]
