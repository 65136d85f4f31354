"""Each protocol beside OAI-PMH, from its server into the store and out of the feed's renditions."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Response

from catalogue import oai_identifier
from catalogue.errors import SettingsError
from catalogue.run import Ending, HarvestRun
from catalogue.settings import Settings
from catalogue.source import Protocol, Source, upload_address
from catalogue.store import Store
from csw_catalogue import Catalogue
from factories import now
from harvester.uploads import keep
from ogc_catalogue import OgcCatalogue, feature
from remote_node import dublin_core, iso19139
from static_repository import document


def figures(run: HarvestRun) -> tuple[Ending | None, int, int, int, int]:
    tally = run.tally
    return run.ending, tally.new, tally.changed, tally.unchanged, tally.faulty


def test_csw_3_with_a_record_that_breaks_its_page(store: Store, harvest: Any, httpserver: Any) -> None:
    catalogue = Catalogue(httpserver)
    catalogue.version = "3.0.0"
    catalogue.records = [iso19139(f"Dataset {n}", f"r{n}").decode() for n in range(1, 121)]
    catalogue.broken = {70}
    store.sources.add(Source("nile", Protocol.CSW, httpserver.url_for("/csw")), now())
    run = harvest(store)
    assert figures(run) == (Ending.COMPLETE_WITH_FAULTS, 119, 0, 0, 1)
    [fault] = store.runs.faults(run.id)
    assert (fault.rule, fault.source_identifier) == ("csw.record-unavailable", "r70")
    assert "page-narrowed" in {event.event for event in store.runs.events(run.id)}
    catalogue.broken = set()
    assert figures(harvest(store, full=True))[1:] == (1, 0, 119, 0)


def test_ogc_api_records(store: Store, harvest: Any, httpserver: Any) -> None:
    server = OgcCatalogue(httpserver)
    server.collections["metadata"][7]["properties"]["title"] = "\u0000 Nul \u0001"
    server.collections["metadata"].append(feature("untitled", title=""))
    server.collections["metadata"][-1]["id"] = "untitled"
    store.sources.add(Source("nile", Protocol.OGC_RECORDS, httpserver.url_for("/ogc")), now())
    run = harvest(store)
    assert figures(run) == (Ending.COMPLETE, 26, 0, 0, 0)
    assert store.sources.get("nile").repository_name == "A catalogue"
    server.collections["metadata"][3]["properties"] |= {"updated": "2099-05-05T00:00:00Z", "title": "New"}
    assert figures(harvest(store)) == (Ending.COMPLETE, 0, 1, 0, 0)
    assert figures(harvest(store, full=True)) == (Ending.NOTHING_NEW, 0, 0, 26, 0)


def test_a_static_repository(store: Store, harvest: Any, httpserver: Any) -> None:
    body = {"now": document(120)}
    httpserver.expect_request("/r.xml").respond_with_handler(
        lambda _: Response(body["now"], content_type="text/xml")
    )
    store.sources.add(Source("nile", Protocol.OAI_STATIC, httpserver.url_for("/r.xml")), now())
    assert figures(harvest(store)) == (Ending.COMPLETE, 120, 0, 0, 0)
    again = harvest(store)
    assert figures(again) == (Ending.NOTHING_NEW, 0, 0, 0, 0)
    assert "not-modified" in {event.event for event in store.runs.events(again.id)}
    body["now"] = document(121)
    assert figures(harvest(store)) == (Ending.COMPLETE, 1, 0, 120, 0)


def test_a_catalogue_file(store: Store, harvest: Any, httpserver: Any) -> None:
    datasets = [{"@type": "dcat:Dataset", "identifier": f"d{n}", "title": f"Data {n}"} for n in range(120)]
    httpserver.expect_request("/data.json").respond_with_handler(
        lambda _: Response(json.dumps({"dataset": datasets}), content_type="application/json")
    )
    store.sources.add(Source("nile", Protocol.DATA_JSON, httpserver.url_for("/data.json")), now())
    assert figures(harvest(store)) == (Ending.COMPLETE, 120, 0, 0, 0)
    assert figures(harvest(store)) == (Ending.NOTHING_NEW, 0, 0, 0, 0)
    datasets[3]["title"] = "New"
    assert figures(harvest(store)) == (Ending.COMPLETE, 0, 1, 119, 0)


def test_a_folder_on_the_web(store: Store, harvest: Any, httpserver: Any) -> None:
    links = "".join(f'<a href="{n}.xml">{n}</a>' for n in range(30))
    httpserver.expect_request("/waf/").respond_with_data(f"<html>{links}</html>", content_type="text/html")
    for n in range(30):
        content = iso19139(f"Dataset {n}", f"r{n}") if n else b"<broken"
        httpserver.expect_request(f"/waf/{n}.xml").respond_with_data(content, content_type="text/xml")
    store.sources.add(Source("nile", Protocol.FILES, httpserver.url_for("/waf/")), now())
    assert figures(harvest(store)) == (Ending.COMPLETE_WITH_FAULTS, 29, 0, 0, 1)
    assert figures(harvest(store))[1:] == (0, 0, 0, 0), "nothing has changed, and nothing is sent again"
    assert figures(harvest(store, full=True))[1:] == (0, 0, 29, 1)


def test_files_that_were_uploaded(store: Store, harvest: Any, lenient: Settings, tmp_path: Path) -> None:
    given = tmp_path / "given.zip"

    def upload(count: int) -> None:
        with zipfile.ZipFile(given, "w") as archive:
            for n in range(count):
                archive.writestr(f"{n}.xml", iso19139(f"Dataset {n}", f"r{n}"))
            archive.writestr("paper.xml", dublin_core("A paper"))
        keep(tmp_path / "up", "nile", given, 10_000_000)

    settings = lenient.model_copy(update={"uploads": str(tmp_path / "up")})
    store.sources.add(Source("nile", Protocol.FILES, upload_address("nile")), now())
    run = harvest(store, settings=settings)
    assert run.ending is Ending.FAILED
    assert "nothing has been uploaded" in run.message
    upload(3)
    assert figures(harvest(store, settings=settings)) == (Ending.COMPLETE, 4, 0, 0, 0)
    upload(5)
    assert figures(harvest(store, settings=settings)) == (Ending.COMPLETE, 2, 0, 4, 0)


def test_what_is_missing_from_an_upload_is_told_as_deleted(
    sqlite_store: Store, harvest: Any, lenient: Settings, tmp_path: Path
) -> None:
    store = sqlite_store
    folder = tmp_path / "given"
    folder.mkdir()
    for n in range(40):
        (folder / f"{n}.xml").write_bytes(iso19139(f"Dataset {n}", f"r{n}"))
    settings = lenient.model_copy(update={"uploads": str(tmp_path / "up"), "absence_days": 0})
    store.sources.add(Source("nile", Protocol.FILES, upload_address("nile")), now())

    def again() -> HarvestRun:
        keep(tmp_path / "up", "nile", folder, 10_000_000)
        run: HarvestRun = harvest(store, settings=settings)
        return run

    assert figures(again())[1] == 40
    (folder / "7.xml").write_bytes(b"<broken")
    (folder / "8.xml").unlink()
    runs = [again() for _ in range(settings.absence_lists + 1)]
    assert sum(run.tally.absent for run in runs) == 0, (
        "one that cannot be read may be the one that is missing"
    )
    (folder / "7.xml").write_bytes(iso19139("Dataset 7", "r7"))
    runs = [again() for _ in range(settings.absence_lists + 1)]
    assert sum(run.tally.absent for run in runs) == 1
    assert sum(not one.deleted for one in _known(store, range(40))) == 39


def _known(store: Store, numbers: range) -> list[Any]:
    names = [oai_identifier.mint("clearinghouse.localdomain", "nile", f"r{n}") for n in numbers]
    return list(store.records.known(names).values())


@pytest.mark.parametrize("address", ["upload://other/", "upload://nile"])
def test_an_upload_belongs_to_one_source(address: str) -> None:
    with pytest.raises(SettingsError, match="upload"):
        Source("nile", Protocol.FILES, address)
