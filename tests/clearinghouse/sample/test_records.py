from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from clearinghouse.sample.dublin_core import oai_dc
from clearinghouse.sample.federation import expected
from clearinghouse.sample.iso19139 import md_metadata
from clearinghouse.sample.records import Answers, SampleRecord, load_nodes

VOCABULARIES = Path(__file__).resolve().parents[4] / "shared" / "vocabularies"
NODES = {node.id: node for node in load_nodes()}
LIVE = [record for node in NODES.values() for record in node.records if record.live]


def answers(record: SampleRecord) -> Answers:
    assert record.answers is not None, record.id
    return record.answers


def vocabulary(name: str, column: str) -> set[str]:
    if not VOCABULARIES.is_dir():
        pytest.skip("the vocabularies are not here")
    with (VOCABULARIES / f"{name}.csv").open(encoding="utf-8") as lines:
        return {row[column] for row in csv.DictReader(lines)}


def test_there_are_enough_records_in_every_language() -> None:
    languages = Counter(record.language for record in LIVE)
    assert len(LIVE) >= 320
    assert all(languages[language] >= 25 for language in ("en", "fr", "es", "ru", "ar", "zh")), languages
    assert languages["pt"] >= 10


def test_no_two_abstracts_or_identifiers_are_the_same() -> None:
    abstracts = Counter(record.abstract[record.language] for record in LIVE)
    assert abstracts.most_common(1)[0][1] == 1
    identifiers = Counter(record.id for node in NODES.values() for record in node.records)
    assert identifiers.most_common(1)[0][1] == 1


def test_abstracts_have_40_to_120_words() -> None:
    for record in LIVE:
        text = record.abstract[record.language]
        words = len(text) / 1.6 if record.language == "zh" else len(text.split())
        assert 40 <= words <= 120, record.id


def test_the_main_language_comes_first_in_every_text() -> None:
    for record in LIVE:
        assert next(iter(record.title)) == record.language, record.id
        assert next(iter(record.abstract)) == record.language, record.id


def test_the_years_run_from_1994_to_2026_and_no_record_is_newer_than_its_datestamp() -> None:
    years = {int(record.date[:4]) for record in LIVE}
    assert min(years) == 1994
    assert max(years) == 2026
    for record in LIVE:
        assert record.date <= record.datestamp, record.id


def test_a_twentieth_of_the_records_concerns_no_convention() -> None:
    none = [r for r in LIVE if not (answers(r).conventions or answers(r).chemicals or answers(r).wastes)]
    assert 0.04 <= len(none) / len(LIVE) <= 0.09


@pytest.mark.parametrize("word", ["DP", "TEL", "PCT"])
def test_abbreviations_also_stand_for_ordinary_things(word: str) -> None:
    using = [r for r in LIVE if re.search(rf"\b{word}\b", r.abstract[r.language] + r.title[r.language])]
    assert any(not answers(record).chemicals for record in using)


@pytest.mark.parametrize("code", ["Y10", "A3180", "A1180", "B1110", "B3010", "Y48", "Y49"])
def test_stated_codes_are_among_the_answers(code: str) -> None:
    stating = [r for r in LIVE if re.search(rf"(?<![A-Z0-9]){code}(?![0-9])", r.abstract[r.language])]
    assert stating
    assert all(code in answers(record).wastes for record in stating)


def test_every_stated_code_of_annexes_i_ii_viii_and_ix_is_an_answer_and_the_other_way_round() -> None:
    for record in LIVE:
        text = " ".join((*record.title.values(), *record.abstract.values()))
        stated = set(re.findall(r"(?<![A-Za-z0-9])(?:Y\d{1,2}|[AB]\d{4})(?!\d)", text))
        assert stated == {code for code in answers(record).wastes if not code.startswith("ws-")}, record.id


def test_every_stated_cas_number_belongs_to_an_answer() -> None:
    if not VOCABULARIES.is_dir():
        pytest.skip("the vocabularies are not here")
    with (VOCABULARIES / "chemicals.csv").open(encoding="utf-8") as lines:
        numbers = {row["chem_id"]: set(row["cas_numbers"].split("|")) for row in csv.DictReader(lines)}
    for record in LIVE:
        known = set().union(*(numbers[chemical] for chemical in answers(record).chemicals))
        stated = set(re.findall(r"(?<![\d-])\d{2,7}-\d{2}-\d(?![\d-])", record.abstract[record.language]))
        assert stated <= known, record.id


@pytest.mark.parametrize("language", ["ar", "zh", "ru"])
def test_some_chemicals_are_named_in_one_language_alone(language: str) -> None:
    alone = [r for r in LIVE if answers(r).chemicals and set(r.title) | set(r.abstract) == {language}]
    assert any(not re.search(r"\d-\d\d-\d", record.abstract[language]) for record in alone)


def test_answers_use_terms_of_the_vocabularies() -> None:
    terms = {
        "conventions": vocabulary("conventions", "convention_id"),
        "chemicals": vocabulary("chemicals", "chem_id"),
        "wastes": vocabulary("waste_streams", "code"),
        "countries": vocabulary("countries", "iso2"),
        "languages": vocabulary("languages", "iso639_1"),
    }
    types = vocabulary("document_types", "type_id")
    categories = vocabulary("information_categories", "category_id")
    for record in LIVE:
        found = answers(record)
        for name, allowed in terms.items():
            assert set(getattr(found, name)) <= allowed, (record.id, name)
        assert found.document_type in types, record.id
        assert found.information_category in categories, record.id


def test_organisations_are_fictional_and_addresses_lead_nowhere() -> None:
    marks = re.compile(
        r"example|sample|exemple|modèle|ejemplo|muestra|exemplo|amostra|пример|образец", re.IGNORECASE
    )
    other = re.compile(r"مثال|النموذج|示例|样例")
    for record in LIVE:
        for name in (*record.creators, *record.contributors):
            assert marks.search(name) or other.search(name), name
        for link in record.links:
            assert re.match(r"https://[a-z]+\.example\.org/", link.url), link.url


def test_expected_tells_tombstones_and_faults_apart() -> None:
    told = expected()
    assert {source: sum(item.deleted for item in items) for source, items in told.items()} == {
        "nile": 6,
        "andes": 0,
        "steppe": 4,
        "lagoon": 0,
    }
    assert {source: sum(bool(item.fault) for item in items) for source, items in told.items()} == {
        "nile": 0,
        "andes": 0,
        "steppe": 2,
        "lagoon": 0,
    }
    for items in told.values():
        assert all(bool(item.payload) is not item.deleted for item in items)


@pytest.mark.corpus
def test_every_iso_record_is_valid(iso19139_schema: etree.XMLSchema) -> None:
    node = NODES["andes"]
    for record in node.records:
        document = etree.fromstring(md_metadata(node, record))
        assert iso19139_schema.validate(document), (record.id, iso19139_schema.error_log)


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["nile", "steppe", "lagoon"])
def test_every_oai_dc_record_is_valid(name: str, oai_dc_schema: etree.XMLSchema) -> None:
    node = NODES[name]
    for record in node.records:
        if record.live:
            document = etree.fromstring(oai_dc(node, record))
            assert oai_dc_schema.validate(document), (record.id, oai_dc_schema.error_log)


def test_the_iso_records_show_what_the_standard_can_do() -> None:
    whole = b"".join(md_metadata(NODES["andes"], record) for record in NODES["andes"].records)
    for sign in (
        b"gmd:PT_FreeText",
        b"<gmx:Anchor",
        b"gmd:EX_GeographicBoundingBox",
        b"gml:TimePeriod",
        b"srv:SV_ServiceIdentification",
        b"gmd:CI_OnlineResource",
        b"gmd:PT_Locale",
    ):
        assert sign in whole
