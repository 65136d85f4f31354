from __future__ import annotations

import pytest

from catalogue.errors import SettingsError
from harvester.jobs import require_sqlite


@pytest.mark.parametrize(
    ("python", "sqlite"), [((3, 11), (3, 40, 1)), ((3, 12), (3, 42, 0)), ((3, 13), (3, 45, 1))]
)
def test_an_sqlite_that_will_do_passes(python: tuple[int, int], sqlite: tuple[int, int, int]) -> None:
    require_sqlite(python, sqlite)


def test_an_sqlite_that_is_too_old_is_named_with_the_ways_out() -> None:
    with pytest.raises(SettingsError, match=r"3\.41\.2: use PostgreSQL, or Python 3\.11"):
        require_sqlite((3, 12), (3, 41, 2))
