"""Which records are taken for copies of one thing, and above all: which are not."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.cluster import Copy, Match, Member, Rule
from catalogue.record import Agent, Date, Identifier, Record, Text
from harvester.deduplication import compare, keys_of, words

TITLE = "Inventory of obsolete pesticide stockpiles in the upper Nile basin"


def record(
    title: str = TITLE, *, year: str = "2019", publisher: str = "Example Centre", **fields: Any
) -> Record:
    agents = (Agent("publisher", Text.of(publisher)),) if publisher else ()
    agents += tuple(Agent("creator", Text.of(name)) for name in fields.pop("creators", ()))
    names = tuple(Identifier(value, scheme) for scheme, value in fields.pop("names", ()))
    dates = (Date("issued", year),) if year else ()
    return Record(Text.of(title), agents=agents, dates=dates, identifiers=names, **fields)


def copy(number: int, found: Record, source_id: str = "", **fields: Any) -> Copy:
    values: dict[str, Any] = {
        "source_id": source_id or f"s{number}",
        "source_identifier": f"oai:s{number}.example.org:{number}",
        "base_url": f"https://s{number}.example.org/oai",
        "metadata_prefix": "oai_dc",
        "first_datestamp": 1,
        "title": found.title.default,
    }
    return Copy(Member(record_id=number, identifier=f"oai:x:{number}", **(values | fields)), found)


def matched(one: Record, other: Record, first: dict[str, Any] | None = None, **second: Any) -> Match | None:
    """What comes of records of two sources, whichever comes first: a key in common, and a match."""
    copies = copy(1, one, **(first or {})), copy(2, other, **second)
    found = {str(compare(*pair)) for pair in permutations(copies)}
    assert len(found) == 1
    keys = [
        set(keys_of(c.record, source_identifier=c.member.source_identifier, origins=c.member.origins))
        for c in copies
    ]
    return compare(*copies) if keys[0] & keys[1] else None


def test_the_same_oai_identifier() -> None:
    same = {"source_identifier": "oai:nile.example.org:7"}
    found = matched(record("One"), record("Another altogether"), same, **same)
    assert found is not None
    assert (found.rule, found.score) == (Rule.IDENTIFIER, 1.0)
    assert found.values == {"identifier": "oai:nile.example.org:7"}


def test_the_same_file_identifier_in_whatever_spelling() -> None:
    name = "8C71082D-5B3D-5F9D-BC40-F7807BC8AB34"
    found = matched(
        record(metadata_identifier=name), record("X", metadata_identifier=f"urn:uuid:{name.lower()}")
    )
    assert found is not None
    assert found.rule is Rule.IDENTIFIER


def test_an_identifier_that_is_not_unique_by_its_form_needs_titles_that_are_alike() -> None:
    same = {"source_identifier": "dataset-0001"}
    assert matched(record("Landfills of Senegal"), record("Emissions of mercury"), same, **same) is None
    assert matched(record("Landfills of Senegal"), record("Landfills of  Sénégal."), same, **same) is not None
    assert matched(record("Landfills, volume 1"), record("Landfills, volume 2"), same, **same) is None


@pytest.mark.parametrize(
    ("rule", "one", "other"),
    [
        (Rule.DOI, ("doi", "https://doi.org/10.1234/ABC.7"), ("doi", "doi:10.1234/abc.7")),
        (Rule.HANDLE, ("handle", "http://hdl.handle.net/1721.1/9"), ("handle", "hdl:1721.1/9")),
        (Rule.UUID, ("uuid", "urn:uuid:8c71082d-5b3d-5f9d-bc40-f7807bc8ab34"),
         ("uuid", "{8C71082D-5B3D-5F9D-BC40-F7807BC8AB34}")),
        (Rule.ISBN, ("isbn", "978-92-807-3863-6"), ("isbn", "ISBN 9789280738636")),
        (Rule.UN_SYMBOL, ("", "UNEP/CHW.13/6/Add.1"), ("", "unep / chw.13 / 6 / add.1")),
        (Rule.ADDRESS, ("uri", "http://www.nile.example.org/handle/1/2/"),
         ("uri", "https://nile.example.org/handle/1/2#top")),
    ],
)  # fmt: skip
def test_identifiers_of_the_thing_itself(rule: Rule, one: tuple[str, str], other: tuple[str, str]) -> None:
    bare = {"year": "", "publisher": ""}
    found = matched(record(names=[one], **bare), record(names=[other], **bare))
    assert found is not None
    assert found.rule is rule
    assert str(rule) in found.values
    assert 0.9 <= found.score < 1


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        (("handle", "hdl:123456789/5"), "Waste of A", "Waste of B"),  # of a DSpace that is not configured
        (("doi", "10.5072/x"), "Waste of A", "Waste of B"),  # DataCite's prefix for tests
        (("isbn", "9789280738636"), "Chapter on mercury", "Chapter on lindane"),
        (("isbn", "9789280738636"), "Guidelines for disposal, part I", "Guidelines for disposal, part II"),
        (("uri", "https://portal.example.org/"), TITLE, "Inventory of something else altogether"),
        (("uri", "https://portal.example.org/data"), "Landfills", "Incinerators"),
        (("", "UNEP/CHW.13/6"), "Technical guidelines", "Directives techniques"),
        (("issn", "1234-5679"), "Waste of A", "Waste of B"),
    ],
)  # fmt: skip
def test_identifiers_that_do_not_tell(name: tuple[str, str], first: str, second: str) -> None:
    assert matched(record(first, names=[name]), record(second, names=[name])) is None


def test_language_versions_of_one_document_share_its_symbol_and_are_not_copies() -> None:
    symbol = ("", "UNEP/POPS/COP.9/INF/36")
    english, french = (record(names=[symbol], languages=(tag,)) for tag in ("en", "fr"))
    assert matched(english, french) is None
    assert matched(english, record(names=[symbol], languages=("en-GB",))) is not None


def test_a_list_of_identifiers_is_no_identifier() -> None:
    many = [("doi", f"10.1234/{number}") for number in range(6)]
    assert matched(record("Bibliography one", names=many), record("Bibliography two", names=many)) is None


def test_an_aggregator_says_where_it_has_a_record_from() -> None:
    home = {"source_identifier": "rec-1", "base_url": "https://Nile.example.org/oai/"}
    told = {
        "source_identifier": "oai:all.example.net:9",
        "origins": (("http://nile.example.org/oai", "rec-1"),),
    }
    found = matched(record("One"), record("Another"), home, **told)
    assert found is not None
    assert found.rule is Rule.PROVENANCE
    other = {**told, "origins": (("http://volta.example.org/oai", "rec-1"),)}
    assert matched(record("One"), record("Another"), home, **other) is None


@pytest.mark.parametrize(
    "other",
    [
        record(TITLE.upper()),
        record("Inventory of obsolete pesticides stockpile, upper Nile Basin"),
        record("Upper Nile basin: inventory of obsolete pesticide stockpiles"),
        record("Inventory of obsolete pestcide stockpiles in the upper Nile basin"),
        record(publisher="EXAMPLE CENTRE."),
        record(publisher="Centre, Example"),
        record(year="2019-05-04"),
        record(languages=("en",)),
        record(names=[("doi", "10.1234/7")]),
    ],
)
def test_the_same_title_year_and_publisher(other: Record) -> None:
    found = matched(record(), other)
    assert found is not None
    assert found.rule is Rule.TITLE
    assert 0.7 < found.score <= 0.9
    assert found.values["year"] == "2019"
    assert set(found.values) == {"titles", "year", "agents", "title_score", "agent_score"}


def test_an_author_stands_in_for_a_publisher() -> None:
    one = record(publisher="", creators=["Diallo, Awa"])
    assert matched(one, record(publisher="", creators=["Awa Diallo"])) is not None
    assert matched(one, record(publisher="", creators=["Awa Sarr"])) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (record(), record(year="2020")),
        (record(year=""), record(year="")),
        (record(publisher=""), record(publisher="")),
        (record(), record(publisher="Another House")),
        (record(languages=("en",)), record(languages=("fr",))),
        (record(names=[("doi", "10.1234/7")]), record(names=[("doi", "10.1234/8")])),
        (record(names=[("isbn", "9789280738636")]), record(names=[("isbn", "9780306406157")])),
        (record(service_type="view"), record()),
        (record("Annual report 2019"), record("Annual report 2019")),
        (record("Report of the example centre for 2019"), record("Report of the example centre for 2020")),
        (record(f"{TITLE}, second edition"), record(f"{TITLE}, third edition")),
        (record(f"{TITLE}, part I"), record(f"{TITLE}, part II")),
        (record(f"{TITLE}. Annex A"), record(f"{TITLE}. Annex D")),
        (record(f"{TITLE} (EN)"), record(f"{TITLE} (FR)")),
        (record(f"{TITLE}: summary"), record(TITLE)),
        *(
            (
                record(f"National implementation plan for the Stockholm Convention: {a}"),
                record(f"National implementation plan for the Stockholm Convention: {b}"),
            )
            for a, b in [
                ("Iran", "Iraq"), ("Gambia", "Zambia"), ("Iceland", "Ireland"), ("Niger", "Nigeria"),
                ("Mali", "Malawi"), ("Austria", "Australia"), ("Slovakia", "Slovenia"),
                ("Dominica", "Dominican Republic"), ("Guinea", "Guinea-Bissau"),
                ("Mauritius", "Mauritania"), ("Congo", "Democratic Republic of the Congo"),
            ]
        ),
        (record("Technical guidelines on the management of aldrin wastes"),
         record("Technical guidelines on the management of endrin wastes")),
        (record("Import responses received from the Parties"),
         record("Export responses received from the Parties")),
        (record("危险废物处置"), record("危险废物处理")),
    ],
)  # fmt: skip
def test_hard_negatives(one: Record, other: Record) -> None:
    assert compare(copy(1, one), copy(2, other)) is None
    assert compare(copy(2, other), copy(1, one)) is None


def test_a_source_takes_what_it_lists_twice_for_two_things() -> None:
    assert matched(record(), record(), {"source_id": "nile"}, source_id="nile") is None


def test_titles_in_other_scripts() -> None:
    chinese = "关于危险废物无害环境管理的技术准则"
    assert matched(record(chinese), record(f"《{chinese}》")) is not None
    arabic = "المبادئ التوجيهية التقنية للإدارة السليمة بيئيا"
    assert matched(record(arabic), record(arabic)) is not None


def test_any_language_of_a_title_will_do() -> None:
    both = Text((("fr", "Inventaire des stocks de pesticides périmés"), ("en", TITLE)))
    one = Record(both, agents=record().agents, dates=record().dates)
    assert matched(one, record()) is not None


def test_words_have_no_case_no_accents_and_no_punctuation() -> None:
    assert words("The Élimination of PCBs (l’eau)") == ("elimination", "pcbs", "l", "eau")


NAMES = st.lists(
    st.tuples(st.sampled_from(["doi", "handle", "isbn", "uuid", "uri", ""]), st.text(max_size=20)), max_size=4
)


@given(title=st.text(max_size=80), names=NAMES, year=st.text(max_size=5), name=st.text(max_size=10))
@settings(max_examples=80, deadline=None)
def test_no_record_is_too_odd(title: str, names: list[tuple[str, str]], year: str, name: str) -> None:
    odd = record(title, names=names, year=year, metadata_identifier=name)
    assert keys_of(odd, source_identifier=name) == keys_of(odd, source_identifier=name)
    matched(odd, odd)
    matched(odd, record())
