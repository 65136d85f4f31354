"""The hierarchy of sets: from files to who is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import SettingsError
from catalogue.record import Concept
from catalogue.sets import DEFAULT, is_legal, load_sets, with_parents
from catalogue.vocabulary import FOLDER, LANGUAGES, vocabulary

NAMES = sorted(path.stem for path in FOLDER.glob("*.csv"))
CONCEPTS = [Concept(name, term) for name in NAMES for term in vocabulary(name)]


@pytest.mark.parametrize("name", NAMES)
def test_a_vocabulary_has_terms_with_labels(name: str) -> None:
    terms = vocabulary(name)
    assert terms
    for term in terms.values():
        assert term.labels["en"]
        assert set(term.labels) <= set(LANGUAGES)
        assert all(label == label.strip() for label in term.labels.values())


def test_what_a_term_refers_to_is_there() -> None:
    assert {t.more["region"] for t in vocabulary("countries").values()} <= set(vocabulary("regions"))
    categories = {t.more["category"] for t in vocabulary("document_types").values()}
    assert categories == set(vocabulary("information_categories"))
    wastes = vocabulary("wastes")
    assert {stream for t in wastes.values() for stream in t.values("stream")} <= set(wastes)


def test_no_vocabulary_of_that_name() -> None:
    with pytest.raises(SettingsError, match="no vocabulary 'planets'"):
        vocabulary("planets")


def test_our_own_hierarchy_has_what_is_promised() -> None:
    tree = load_sets()
    for spec in (
        "source", "country:SN", "region:african", "region:pic-africa", "convention:stockholm",
        "category:regulatory", "type:nip", "library:legislation", "chemical:50-29-3",
        "chemical:mercury-compounds", "waste:Y29", "waste:ws-mercury",
    ):  # fmt: skip
        assert tree.get(spec), spec
    assert all(is_legal(node.spec) and node.name for node in tree)
    assert len(tree) == len({node.spec for node in tree})


def test_a_substance_is_in_the_sets_of_all_its_numbers() -> None:
    found = load_sets().of("nile", [Concept("chemicals", "endosulfan")])
    assert found == ("chemical:1031-07-8", "chemical:115-29-7", "chemical:33213-65-9", "chemical:959-98-8",
                     "source:nile")  # fmt: skip


def test_a_waste_is_in_the_set_of_its_stream() -> None:
    found = load_sets().of("nile", [Concept("wastes", "Y29")])
    assert found == ("source:nile", "waste:Y29", "waste:ws-mercury")


def test_concepts_that_no_set_is_of() -> None:
    assert load_sets().of("nile", [Concept("planets", "mars"), Concept("countries", "XX")]) == (
        "source:nile",
    )


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(CONCEPTS), max_size=6), st.randoms())
def test_sets_depend_on_what_was_found_and_on_nothing_else(concepts: list[Concept], rng: object) -> None:
    tree = load_sets()
    found = tree.of("nile", concepts)
    assert found == tree.of("nile", list(reversed(concepts)) + concepts)
    assert "source:nile" in found
    above = set(with_parents(found)) - set(found)
    assert above.isdisjoint(found)
    assert all(spec == "source:nile" or tree.get(spec) for spec in with_parents(found))
    alone = set().union(*(tree.of("nile", [concept]) for concept in concepts), {"source:nile"})
    assert set(with_parents(found)) == set(with_parents(alone))


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sets.toml"
    path.write_text(text)
    return path


def test_sets_made_of_sets(tmp_path: Path) -> None:
    tree = load_sets(
        write(
            tmp_path,
            """
            [[branch]]
            spec = "type"
            each = "document_types"
            label = { en = "Type" }
            [[branch]]
            spec = "country"
            each = "countries"
            label = { en = "Country" }
            [[set]]
            spec = "plans"
            any = ["type:nip", "type:nap"]
            label = { en = "Plans" }
            [[set]]
            spec = "plans:senegal"
            all = ["plans", "country:SN"]
            label = { en = "Plans of Senegal" }
            [[set]]
            spec = "of-nile"
            any = ["source:nile"]
            label = { en = "Of the Nile" }
            """,
        )
    )
    nip, senegal = Concept("document_types", "nip"), Concept("countries", "SN")
    assert tree.of("volta", [nip]) == ("plans", "source:volta", "type:nip")
    assert tree.of("volta", [nip, senegal]) == ("country:SN", "plans:senegal", "source:volta", "type:nip")
    assert tree.of("nile", [senegal]) == ("country:SN", "of-nile", "source:nile")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[branch]", "sets.toml"),
        ('[[set]]\nspec = "a"', "label"),
        ('[[set]]\nspec = "a"\nlabel = {en = "A"}\ncolour = "red"', "colour"),
        ('[[set]]\nspec = "a b"\nlabel = {en = "A"}', "'a b' is not a setSpec"),
        ('set = [{spec = "a", label = {en = "A"}}, {spec = "a", label = {en = "A"}}]', "two sets 'a'"),
        ('[[set]]\nspec = "a"\nany = ["b"]\nlabel = {en = "A"}', "'b', which there is not"),
        ('[[branch]]\nspec = "node"\neach = "sources"\nlabel = {en = "A"}', "the set 'source'"),
        ('[[branch]]\nspec = "source"\neach = "regions"\nlabel = {en = "A"}', "the set 'source'"),
        ('[[branch]]\nspec = "a"\neach = "planets"\nlabel = {en = "A"}', "no vocabulary"),
    ],
)
def test_a_file_that_describes_no_hierarchy(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load_sets(write(tmp_path, text))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_sets(tmp_path / "none.toml")
    assert load_sets(None) is load_sets(DEFAULT)
