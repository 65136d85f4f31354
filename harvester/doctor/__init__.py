"""The endpoint doctor: finds what can be harvested at an address, and says how well it does it."""

from __future__ import annotations

from harvester.doctor.examination import examine

__all__ = ["examine"]
