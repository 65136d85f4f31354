"""Every verb and every error condition of sections 3.6 and 4, over both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from catalogue import formats
from catalogue.formats import FORMATS, OAI_DC
from catalogue.record import Record, Text
from catalogue.source import Protocol, Source, SourceState
from catalogue.store import Store
from factories import add_source, commit, fill, now, open_run, set_clock

OURS = "oai:clearinghouse.localdomain:nile:"
Serve = Callable[..., Any]
SmallWrite = Callable[..., Any]
WRITTEN = [form.prefix for form in FORMATS if form.written]


@pytest.fixture
def oai(store: Store, serve: Serve) -> Any:
    """A provider of three records, one of them deleted."""
    run = fill(store, {name: Record(Text.of(f"Title {name}")) for name in ("a", "b", "c")})
    commit(store, run, [], tombstones=list(store.records.known([OURS + "b"]).values()))
    return serve(store)


def test_identify(oai: Any) -> None:
    answer = oai.ask("Identify")
    assert answer.texts("o:request/@verb") == ["Identify"]
    assert answer.texts("o:request") == ["http://testing/oai"]
    told = {
        name: answer.texts(f"o:Identify/o:{name}")
        for name in ("baseURL", "protocolVersion", "deletedRecord", "granularity", "repositoryName")
    }
    assert told == {
        "baseURL": ["http://testing/oai"],
        "protocolVersion": ["2.0"],
        "deletedRecord": ["persistent"],
        "granularity": ["YYYY-MM-DDThh:mm:ssZ"],
        "repositoryName": ["Clearinghouse"],
    }
    assert "@" in answer.texts("o:Identify/o:adminEmail")[0]
    stamps = oai.ask("ListIdentifiers", metadataPrefix="oai_dc").texts("//o:datestamp")
    assert answer.texts("o:Identify/o:earliestDatestamp") == [min(stamps)]
    assert b"<repositoryIdentifier>clearinghouse.localdomain</repositoryIdentifier>" in answer.body


def test_an_empty_catalogue_answers_too(store: Store, serve: Serve) -> None:
    empty = serve(store)
    identify = empty.ask("Identify")
    assert identify.texts("//o:earliestDatestamp") == [identify.response_date]
    assert empty.ask("ListMetadataFormats").texts("//o:metadataPrefix") == WRITTEN
    assert "category:regulatory" in empty.ask("ListSets").texts("//o:setSpec")
    assert empty.ask("ListRecords", metadataPrefix="oai_dc").error == "noRecordsMatch"


def test_the_earliest_datestamp_is_that_of_any_list(
    store: Store, serve: Serve, small_write: SmallWrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that left a set long ago is told there under the datestamp of that day."""
    add_source(store)
    run = open_run(store)
    for second, specs in ((1_700_000_000, ("topic:a",)), (1_700_000_100, ()), (1_700_000_200, ())):
        set_clock(monkeypatch, lambda _connection, second=second: second)
        commit(store, run, [small_write(store, "x", str(second), set_specs=specs)])
    oai = serve(store, token_hours=10**6)
    left = oai.ask("ListIdentifiers", metadataPrefix="oai_dc", set="topic:a")
    assert left.identifiers == ["-x"]
    assert oai.ask("Identify").texts("//o:earliestDatestamp") == left.texts("//o:datestamp")


def test_list_metadata_formats(oai: Any) -> None:
    answer = oai.ask("ListMetadataFormats")
    assert answer.texts("//o:metadataPrefix") == WRITTEN
    assert answer.texts("//o:metadataNamespace")[0] == "http://www.openarchives.org/OAI/2.0/oai_dc/"
    assert answer.texts("//o:schema")[0] == "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
    of_one = oai.ask("ListMetadataFormats", identifier=OURS + "a")
    assert of_one.texts("//o:metadataPrefix") == WRITTEN
    assert oai.ask("ListMetadataFormats", identifier=OURS + "z").error == "idDoesNotExist"


def test_a_format_that_only_some_records_have(
    store: Store, serve: Serve, small_write: SmallWrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = replace(OAI_DC, prefix="strange", namespace="urn:example:strange", written=False, stored=False)
    monkeypatch.setattr("endpoint.oai_pmh.provider.FORMATS", (*FORMATS, strange))
    monkeypatch.setattr("endpoint.oai_pmh.verbs.FORMATS", (*FORMATS, strange))
    monkeypatch.setitem(formats._BY_PREFIX, "strange", strange)
    add_source(store)
    native = b'<x xmlns="urn:example:strange"/>'
    writes = [small_write(store, "a"), small_write(store, "q", prefix="strange", native=native)]
    commit(store, open_run(store), writes)
    oai = serve(store)
    assert oai.ask("ListMetadataFormats").texts("//o:metadataPrefix") == [*WRITTEN, "strange"]
    held = oai.ask("ListMetadataFormats", identifier=OURS + "a").texts("//o:metadataPrefix")
    assert held == WRITTEN
    assert oai.ask("ListRecords", metadataPrefix="strange").identifiers == ["q"]
    assert oai.ask("ListRecords", metadataPrefix="strange", set="source:nile").identifiers == ["q"]
    assert native in oai.ask("GetRecord", identifier=OURS + "q", metadataPrefix="strange").body
    found = oai.ask("GetRecord", identifier=OURS + "a", metadataPrefix="strange")
    assert found.error == "cannotDisseminateFormat"


def test_an_item_without_any_format_that_we_know(store: Store, serve: Serve, small_write: SmallWrite) -> None:
    add_source(store)
    write = small_write(store, "a")
    strange = type(write)(
        **{name: getattr(write, name) for name in write.__slots__} | {"renditions": {"x": b"<x/>"}}
    )
    commit(store, open_run(store), [strange])
    oai = serve(store)
    assert oai.ask("ListMetadataFormats", identifier=OURS + "a").error == "noMetadataFormats"
    assert oai.ask("ListMetadataFormats").texts("//o:metadataPrefix") == WRITTEN


def test_get_record(oai: Any, store: Store) -> None:
    answer = oai.ask("GetRecord", identifier=OURS + "a", metadataPrefix="oai_dc")
    assert answer.identifiers == ["a"]
    assert answer.texts("//o:setSpec") == ["source:nile"]
    number = store.records.known([OURS + "a"])[OURS + "a"].id
    forms = store.records.renditions([number])[number]
    assert b"<metadata>" + forms["oai_dc"] + b"</metadata>" in answer.body
    iso = oai.ask("GetRecord", identifier=OURS + "a", metadataPrefix="iso19139")
    assert b"<metadata>" + forms["iso19139"] + b"</metadata>" in iso.body
    assert answer.texts("o:request/@identifier") == [OURS + "a"]
    assert answer.texts("o:request/@metadataPrefix") == ["oai_dc"]


def test_a_deleted_record_is_its_header(oai: Any) -> None:
    for prefix in ("oai_dc", "iso19139"):
        answer = oai.ask("GetRecord", identifier=OURS + "b", metadataPrefix=prefix)
        assert answer.identifiers == ["-b"]
        assert answer.texts("//o:metadata | //o:about") == []
        listed = oai.ask("ListRecords", metadataPrefix=prefix)
        assert listed.identifiers == ["a", "c", "-b"] or sorted(listed.identifiers) == ["-b", "a", "c"]
        assert len(listed.texts("//o:metadata")) == len(listed.texts("//o:about")) == 2


def test_the_identifier_is_asked_for_before_the_format(oai: Any) -> None:
    assert oai.ask("GetRecord", identifier=OURS + "z", metadataPrefix="oai_dc").error == "idDoesNotExist"
    assert oai.ask("GetRecord", identifier='"', metadataPrefix="oai_dc").error == "idDoesNotExist"
    assert oai.ask("GetRecord", identifier=OURS + "a", metadataPrefix="x").error == "cannotDisseminateFormat"


def test_lists_in_an_unknown_format(oai: Any) -> None:
    assert oai.ask("ListRecords", metadataPrefix="marc").error == "cannotDisseminateFormat"
    assert oai.ask("ListIdentifiers", metadataPrefix="qdc").error == "cannotDisseminateFormat"


def test_errors_repeat_the_arguments_unless_they_are_illegal(oai: Any) -> None:
    for query, error, attributes in (
        (b"verb=junk", "badVerb", {}),
        (b"", "badVerb", {}),
        (b"junk", "badVerb", {}),
        (b"verb=Identify&verb=Identify", "badVerb", {}),
        (b"verb=ListRecords", "badArgument", {}),
        (b"verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument", {}),
        (b"verb=ListRecords&metadataPrefix=oai_dc&until=2026-01-01&resumptionToken=x", "badArgument", {}),
        (
            b"verb=GetRecord&identifier=%22%3C%26%C3%A9&metadataPrefix=oai_dc",
            "idDoesNotExist",
            {"verb": "GetRecord", "identifier": '"<&é', "metadataPrefix": "oai_dc"},
        ),
        (
            b"verb=ListRecords&resumptionToken=%3Cx%3E%00",
            "badResumptionToken",
            {"verb": "ListRecords", "resumptionToken": "<x>"},
        ),
        (
            b"verb=ListIdentifiers&metadataPrefix=oai_dc&set=a%27b:c",
            "noRecordsMatch",
            {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "set": "a'b:c"},
        ),
    ):
        answer = oai.raw(query)
        assert (answer.status, answer.error) == (200, error)
        assert dict(answer.root.find("{*}request").attrib) == attributes
        assert answer.texts("o:request") == ["http://testing/oai"]


def test_a_record_shows_its_provenance(store: Store, serve: Serve, small_write: SmallWrite) -> None:
    add_source(store, "moved", base_url="https://moved.example.org/oai?a=1&b=2")
    writes = [
        small_write(store, "1&<2>", datestamp="2025-05-05", source_id="moved"),
        small_write(store, "plain", datestamp="2012-05-01T12:00:00+02:00", source_id="moved"),
        small_write(store, "undated", datestamp="", source_id="moved"),
    ]
    commit(store, open_run(store, "moved"), writes)
    oai = serve(store)
    answer = oai.ask("ListRecords", metadataPrefix="oai_dc")
    origins = answer.root.findall(".//{http://www.openarchives.org/OAI/2.0/provenance}originDescription")
    stamp = answer.texts("//o:header/o:datestamp")[0]
    assert [[child.text for child in origin] for origin in origins] == [
        [
            "https://moved.example.org/oai?a=1&b=2",
            identifier,
            datestamp,
            "http://www.openarchives.org/OAI/2.0/oai_dc/",
        ]
        for identifier, datestamp in (("1&<2>", "2025-05-05"), ("plain", "2012-05-01"), ("undated", stamp))
    ]
    assert {(o.get("altered"), o.get("harvestDate")) for o in origins} == {("false", stamp)}
    iso = oai.ask("ListRecords", metadataPrefix="iso19139")
    assert iso.body.count(b'altered="true"') == 3


def test_a_record_names_the_address_that_it_was_harvested_from(
    store: Store, serve: Serve, small_write: SmallWrite
) -> None:
    """A source moves: what was taken before came from where it was, what is taken then from where it is."""
    add_source(store)
    run = open_run(store)
    commit(store, run, [small_write(store, "a"), small_write(store, "b")])
    oai = serve(store)
    store.sources.change("nile", base_url="https://new.example.org/oai")
    commit(store, run, [small_write(store, "b", "anew")])
    origins = oai.ask("ListRecords", metadataPrefix="oai_dc").root.iter("{*}originDescription")
    assert [one.findtext("{*}baseURL") for one in origins] == [
        "https://nile.example.org/oai",
        "https://new.example.org/oai",
    ]


def test_identify_describes_the_repository(store: Store, serve: Serve) -> None:
    add_source(store, base_url="https://nile.example.org/oai?a=1&b=2")
    add_source(store, "other", base_url="https://nile.example.org/oai")
    add_source(store, "twin", base_url="https://nile.example.org/oai")
    store.sources.add(Source("csw", Protocol.CSW, "https://csw.example.org/csw"), now())
    add_source(store, "gone", base_url="https://gone.example.org/oai")
    store.sources.change("gone", state=SourceState.RETIRED)
    answer = serve(store, content_policy="Waste & chemicals", submission_policy="").ask("Identify")
    kinds = [child.tag.partition("}")[2] for one in answer.root.iter("{*}description") for child in one]
    assert kinds == ["oai-identifier", "eprints", "friends", "branding", "toolkit"]
    friends = [one.text for one in answer.root.find(".//{*}friends")]
    assert friends == ["https://nile.example.org/oai", "https://nile.example.org/oai?a=1&b=2"]
    policies = {one.tag.partition("}")[2]: one[0].text for one in answer.root.find(".//{*}eprints")}
    assert list(policies) == ["content", "metadataPolicy", "dataPolicy"]
    assert policies["content"] == "Waste & chemicals"
    assert answer.root.find(".//{*}collectionIcon/{*}url").text == "http://testing/static/mark.svg"
    assert answer.texts("//o:compression") == []


def test_identify_says_nothing_that_is_not_so(sqlite_store: Store, serve: Serve) -> None:
    answer = serve(sqlite_store, metadata_policy="").ask("Identify")
    kinds = [child.tag.partition("}")[2] for one in answer.root.iter("{*}description") for child in one]
    assert kinds == ["oai-identifier", "branding", "toolkit"]
