from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from catalogue.errors import SecretsLocked
from catalogue.sealing import Sealer, keep_keys, keys_of, new_key


def test_what_is_sealed_is_opened_by_its_key_alone() -> None:
    key = new_key()
    sealed = Sealer([key]).seal(b"hidden-word")
    assert b"hidden-word" not in sealed
    assert Sealer([key]).open(sealed) == b"hidden-word"
    with pytest.raises(SecretsLocked, match="another key"):
        Sealer([new_key()]).open(sealed)
    with pytest.raises(SecretsLocked, match="another key"):
        Sealer([key]).open(sealed[:-8] + b"AAAAAAA=")


def test_a_key_can_be_changed_while_both_are_known() -> None:
    old, new = new_key(), new_key()
    sealed = Sealer([old]).seal(b"x")
    both = Sealer([new, old])
    assert both.open(sealed) == b"x"
    assert Sealer([new]).open(both.reseal(sealed)) == b"x"


@pytest.mark.parametrize("keys", [[], ["short"], ["é" * 44]])
def test_without_a_key_nothing_is_sealed(keys: list[str]) -> None:
    with pytest.raises(SecretsLocked, match="key"):
        Sealer(keys)


def test_the_setting_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite.key"
    assert keys_of(" a, b ,", file, make=True) == ["a", "b"]
    assert not file.exists()
    assert keys_of("", None, make=True) == []


def test_a_key_file_is_made_once_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite.key"
    assert keys_of("", file) == []
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: keys_of("", file, make=True), range(8)))
    assert found == [found[0]] * 8
    assert len(found[0]) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    keep_keys(file, ["b", "a"])
    assert keys_of("", file) == ["b", "a"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite.key"
    keys_of("", file, make=True)
    file.chmod(0o640)
    with pytest.raises(SecretsLocked, match="chmod 600"):
        keys_of("", file)


def test_a_key_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite.key"
    file.mkdir(mode=0o700)
    with pytest.raises(SecretsLocked, match="cannot be read"):
        keys_of("", file)
