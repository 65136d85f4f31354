"""What the documentation says of the code is so."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from catalogue.formats import FORMATS, RENDERED
from catalogue.quirks import causes
from catalogue.run import Ending
from catalogue.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PACKAGES = ("catalogue", "harvester", "endpoint", "clearinghouse")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_first_page_leads_to_every_other() -> None:
    linked = set(re.findall(r"\]\((docs/\w[\w-]*\.md)\)", text("README.md")))
    assert linked == {ids(page) for page in PAGES if page.parent.name == "docs"}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_explained_with_its_default(name: str) -> None:
    default = tomllib.loads(text("config/default.toml"))[name]
    rows = re.findall(rf"^\| `{name}` \| `([^`]*)` \| (.+) \|$", text("docs/settings.md"), re.MULTILINE)
    assert [json.loads(value) for value, _ in rows] == [default]


def test_no_setting_is_explained_that_there_is_not() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", text("docs/settings.md"), re.MULTILINE))
    assert named == set(Settings.model_fields)


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_environment_variable_that_is_named_is_a_setting(page: Path) -> None:
    known = {f"CLEARINGHOUSE_{name.upper()}" for name in Settings.model_fields}
    known |= {"CLEARINGHOUSE_CONFIG", "CLEARINGHOUSE_CORPUS", "CLEARINGHOUSE_TEST_POSTGRES", "CLEARINGHOUSE_"}
    assert set(re.findall(r"CLEARINGHOUSE_[A-Z_]*", page.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_module_that_the_architecture_names_is_there() -> None:
    named = []
    for line in text("docs/architecture.md").splitlines():
        # In the row of a room its modules are named without it.
        room = re.match(r"\| `([\w/]+/)` \|", line)
        within = ROOT / room[1] if room else ROOT
        names = re.findall(r"`([\w./-]+(?:\.py|/|\.toml))`", line)
        named += [(ROOT if "/" in name else within) / name for name in names]
    assert len(named) > 50
    assert [path for path in named if not path.exists()] == []


def test_the_architecture_names_every_room() -> None:
    written = text("docs/architecture.md")
    rooms = {
        f"{path.parent.relative_to(ROOT)}/"
        for package in PACKAGES
        for path in (ROOT / package).rglob("__init__.py")
    }
    assert [room for room in sorted(rooms) if f"`{room}`" not in written] == []


def commands(app: typer.Typer, before: str = "clearinghouse") -> Iterator[str]:
    """Every command of the command line, as it is typed."""
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.replace("_", "-")
        yield f"{before} {name}"
    for group in app.registered_groups:
        assert group.typer_instance is not None
        if group.typer_instance.registered_callback:
            yield f"{before} {group.name}"
        yield from commands(group.typer_instance, f"{before} {group.name}")


def test_every_command_is_explained_and_no_other() -> None:
    from clearinghouse.cli import app

    written = re.findall(
        r"^\| `(clearinghouse [a-z -]+?)[`\[ ]*(?:(?:[A-Z\[]|--).*)?` \|",
        text("docs/commands.md"),
        re.MULTILINE,
    )
    assert sorted(name.strip() for name in written) == sorted(commands(app))


def test_every_dependency_has_a_reason() -> None:
    asked_for = [
        re.split(r"[\[<>=~ ]", line)[0]
        for line in text("requirements/run.in").splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    ]
    rows = re.findall(r"^\| ([\w-]+) \| .+ \| .+ \|$", text("docs/decisions/dependencies.md"), re.MULTILINE)
    assert rows[1:] == asked_for
    project = tomllib.loads(text("pyproject.toml"))["project"]["dependencies"]
    assert [re.split(r"[\[<>=~ ]", line)[0] for line in project] == asked_for


def test_every_ending_is_explained() -> None:
    written = text("docs/harvesting.md")
    assert [ending for ending in Ending if f"`{ending}`" not in written] == []


def test_the_quirks_that_a_check_up_proposes_are_named() -> None:
    checks = "".join(path.read_text() for path in (ROOT / "harvester/doctor/checks").glob("*.py"))
    proposed = set(re.findall(r"\.needing\(\s*([a-z_]+)=", checks)) | set(
        re.findall(r'overlap = \{"([a-z_]+)"', checks)
    )
    said = (
        text("docs/quirks.md")
        .partition("proposes what can be seen from outside:")[2]
        .partition("\nThe others")[0]
    )
    assert set(re.findall(r"`(\w+)`", said)) == proposed


def test_every_quirk_is_explained_with_its_cause_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| .+ \|$", text("docs/quirks.md"), re.MULTILINE)
    assert dict(rows) == causes()


def test_every_format_that_is_served_is_named() -> None:
    written = text("docs/oai-pmh.md")
    assert [form.prefix for form in RENDERED if f"`{form.prefix}`" not in written] == []


def test_the_table_of_formats_is_that_of_the_code() -> None:
    rows = re.findall(
        r"^\| `([\w.-]+)` \| (yes|no) \| (yes|no) \| (yes|no) \|$", text("docs/formats.md"), re.MULTILINE
    )
    said = [(form.prefix, form.read, form.written, form.stored) for form in FORMATS]
    assert [(prefix, *(value == "yes" for value in values)) for prefix, *values in rows] == said


def test_the_decisions_are_numbered_in_a_row() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs/decisions").glob("0*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 6


def _section(name: str) -> str:
    """What docs/formats.md says under a heading of the third level that begins so."""
    [found] = re.findall(
        rf"^### {name}.*?\n(.*?)(?=^### |\Z)", text("docs/formats.md"), re.MULTILINE | re.DOTALL
    )
    return found


def _elements_read() -> Iterator[tuple[str, str]]:
    """(heading, element as it is called there) of all that the further readers have rules for."""
    from catalogue import namespaces as ns
    from harvester.mapping import datacite, dcat, iso19115_3, iso19115_3_identification, marcxml, mods

    prefixes = {uri: prefix for prefix, uri in ns.PREFIXES.items()} | {"http://www.w3.org/ns/adms#": "adms"}
    for table in (iso19115_3.METADATA, iso19115_3.DISTRIBUTION, iso19115_3.DISTRIBUTOR,
                  iso19115_3_identification.CITATION, iso19115_3_identification.CONSTRAINTS,
                  iso19115_3_identification.EXTENT, iso19115_3_identification.IDENTIFICATION):  # fmt: skip
        yield from (("ISO 19115-3", name) for name in table)
    yield from (("DataCite", name) for name in datacite.PROPERTIES)
    yield from (("MODS", str(tag).rpartition("}")[2]) for tag in mods.ELEMENTS)
    yield from (("MARC", tag) for tag in marcxml.FIELDS)
    for iri in dcat.PROPERTIES:
        uri, name = re.fullmatch(r"(.*[/#])(\w+)", iri).groups()  # type: ignore[union-attr] - an IRI
        if name not in REFINEMENTS:
            yield "DCAT", f"{prefixes[uri]}:{name}"


#: Told together, as "the other refinements".
REFINEMENTS = frozenset(
    {
        "hasFormat", "hasPart", "hasVersion", "isFormatOf", "isPartOf", "isReferencedBy", "isReplacedBy",
        "isRequiredBy", "isVersionOf", "references", "replaces", "requires", "source",
    }
)  # fmt: skip


def test_the_crosswalks_name_every_element_that_is_read() -> None:
    assert [(where, name) for where, name in _elements_read() if f"`{name}`" not in _section(where)] == []
