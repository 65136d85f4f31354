"""The image, the composition and the wheel are made of what there is."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from catalogue.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("catalogue", "harvester", "endpoint", "clearinghouse")


def test_the_image_has_every_package_and_its_settings_are_settings() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    copied = set(re.findall(r"^COPY (\w+) \w+$", dockerfile, re.MULTILINE))
    assert copied == {*PACKAGES, "config", "migrations"}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let_in == copied | {"pyproject.toml", "README.md", "requirements"}
    named = dict(re.findall(r"CLEARINGHOUSE_([A-Z_]+)=(\S+)", dockerfile))
    settings = load_settings(**{name.lower(): value for name, value in named.items()})
    assert (settings.host, settings.port, settings.log_json) == ("0.0.0.0", 8000, True)  # noqa: S104 - in a container


def _with_defaults(value: str) -> str:
    """A value of compose.yaml where nothing is set in the environment."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


@pytest.mark.parametrize("service", ["upgrade", "web", "worker"])
def test_the_composition_starts_commands_that_there_are_with_settings_that_are_right(service: str) -> None:
    found = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][service]
    environment = {key: _with_defaults(value) for key, value in found["environment"].items()}
    assert all(key.startswith("CLEARINGHOUSE_") for key in environment)
    fields = {key.removeprefix("CLEARINGHOUSE_").lower(): value for key, value in environment.items()}
    settings = load_settings(**fields)
    assert set(fields) <= set(type(settings).model_fields)
    assert settings.database_url.startswith("postgresql://clearinghouse:")
    command = " ".join(found["command"])
    assert f"`clearinghouse {command}`" in (ROOT / "docs/commands.md").read_text()


def test_no_secret_stands_in_the_composition() -> None:
    composition = (ROOT / "compose.yaml").read_text()
    passwords = re.findall(
        r"(?:PASSWORD: |clearinghouse:)(\$\{POSTGRES_PASSWORD:-only-for-local-use\})", composition
    )
    assert len(passwords) == composition.count("only-for-local-use") == 2


@pytest.mark.slow
def test_the_wheel_has_everything_that_runs(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for folder in (*PACKAGES, "config", "migrations")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert wanted - inside == set()
    assert not {name for name in inside if name.startswith(("tests/", "benchmarks/"))}


def _pins(name: str) -> dict[str, set[str]]:
    """Package -> the versions pinned, each with the interpreters that it is for."""
    pins: dict[str, set[str]] = {}
    written = (ROOT / f"requirements/{name}.txt").read_text()
    for package, version in re.findall(r"^([\w.-]+)==([^\\\n]+)", written, re.MULTILINE):
        pins.setdefault(package, set()).add(version.strip())
    return pins


@pytest.mark.parametrize(("one", "other"), [("run", "dev"), ("run", "build"), ("dev", "build")])
def test_the_pinned_sets_agree_with_each_other(one: str, other: str) -> None:
    left, right = _pins(one), _pins(other)
    shared = left.keys() & right.keys()
    assert {package for package in shared if left[package] != right[package]} == set()
    assert one != "run" or other != "dev" or left.keys() <= right.keys()
