"""Views of the table of nodes that people have saved, each for himself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.errors import SettingsError
from catalogue.store.engine import reading, writing
from catalogue.store.tables import views

#: Views that one person has at most, characters of a name and of what it shows.
MOST: Final = 30
LONGEST_NAME: Final = 80
_LONGEST: Final = 2000
_c = views.c


@dataclass(frozen=True, slots=True)
class View:
    """A saved view."""

    name: str
    #: What stands in the address behind the question mark.
    query: str
    #: Whether it is what the person sees first.
    first: bool


class Views:
    """The views of everybody."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, person_id: int) -> list[View]:
        """The views of a person, by name."""
        statement = sa.select(_c.name, _c.query, _c.first).where(_c.person_id == person_id).order_by(_c.name)
        with reading(self._engine) as connection:
            return [View(*row) for row in connection.execute(statement)]

    def save(self, person_id: int, view: View, now: datetime) -> None:
        """Keep a view in the place of one of its name; of several that would be first, the newest is.

        Raises:
            SettingsError: it has no name, or one that is too long, or there are enough.
        """
        if not view.name or len(view.name) > LONGEST_NAME or len(view.query) > _LONGEST:
            raise SettingsError(f"a view has a name of 1 to {LONGEST_NAME} characters")
        mine = _c.person_id == person_id
        with writing(self._engine) as connection:
            connection.execute(sa.delete(views).where(mine, _c.name == view.name))
            count = sa.select(sa.func.count()).select_from(views).where(mine)
            if connection.execute(count).scalar_one() >= MOST:
                raise SettingsError(f"there are {MOST} views: remove one first")
            if view.first:
                connection.execute(sa.update(views).where(mine).values(first=False))
            row = {
                "person_id": person_id, "name": view.name, "query": view.query, "first": view.first,
                "saved_at": now,
            }  # fmt: skip
            connection.execute(sa.insert(views).values(row))

    def remove(self, person_id: int, name: str) -> bool:
        """Forget a view; whether there was one."""
        with writing(self._engine) as connection:
            which = sa.delete(views).where(_c.person_id == person_id, _c.name == name)
            return connection.execute(which).rowcount == 1
