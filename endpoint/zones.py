"""Time zones, by their names in the IANA data base, and those of each country."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from babel.core import get_global


@cache
def by_country() -> Mapping[str, tuple[str, ...]]:
    """Country -> its time zones, by their names in the IANA data base."""
    found: dict[str, list[str]] = {}
    for zone, territory in get_global("zone_territories").items():
        found.setdefault(territory, []).append(zone)
    return {territory: tuple(sorted(names)) for territory, names in found.items()}


def of_country(country: str) -> tuple[str, ...]:
    """The time zones of a country, the one with most of its people first where we know it."""
    names = by_country().get(country, ())
    return tuple(sorted(names, key=lambda name: (name != _MAIN.get(country), name)))


#: Countries with several zones: the one that their capital keeps.
_MAIN: Final = {
    "AR": "America/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid", "ID": "Asia/Jakarta", "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow", "UA": "Europe/Kiev", "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip


@cache
def names() -> tuple[str, ...]:
    """All of them, by name."""
    return tuple(sorted({zone for found in by_country().values() for zone in found}))
