"""Which sources hold records that something shares its surest keys with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.store import dialects
from catalogue.store.engine import reading
from catalogue.store.tables import match_keys, records


class Kinship:
    """What records elsewhere have in common with those that we hold."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def shared(self, keys: Mapping[str, Sequence[int]]) -> dict[str, int]:
        """Source -> how many of these share a key with one of its records.

        Args:
            keys: of each thing by its name, as `harvester.deduplication` makes them.
        """
        wanted = sorted({key for found in keys.values() for key in found})
        with reading(self._engine) as connection:
            listed = dialects.listed(connection, wanted)
            statement = (
                sa.select(match_keys.c.key, records.c.source_id)
                .join(records, records.c.id == match_keys.c.record_id)
                .where(match_keys.c.key.in_(sa.select(listed.c.value)), ~records.c.deleted)
                .distinct()
            )
            holders = [(key, source_id) for key, source_id in connection.execute(statement)]
        found: dict[str, int] = {}
        for source_id in {source_id for _, source_id in holders}:
            held = {key for key, holder in holders if holder == source_id}
            found[source_id] = sum(not held.isdisjoint(of_one) for of_one in keys.values())
        return found
