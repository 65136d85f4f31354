"""Which new identifier is which old one: never two for one, never two different titles, nothing guessed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.renaming import Named, renamed


def named(*records: tuple[str, str], first: int = 0) -> list[Named]:
    return [Named(first + n, name, (title, "text", "en")) for n, (name, title) in enumerate(records)]


def pairs(gone: list[Named], come: list[Named]) -> set[tuple[str, str]]:
    return {(one.known.identifier, one.listed.identifier) for one in renamed(gone, come)}


def test_titles_that_are_there_once_are_pairs() -> None:
    gone = named(("a", "One"), ("b", "Two"), ("c", "Three"))
    come = named(("x", "Two"), ("y", "One"), ("z", "Four"), first=10)
    assert pairs(gone, come) == {("a", "y"), ("b", "x")}


def test_what_the_sure_pairs_show_tells_equal_titles_apart() -> None:
    gone = named(
        ("oai:old:1", "Minutes"), ("oai:old:2", "Minutes"), ("oai:old:31", "One"), ("oai:old:42", "Two")
    )
    come = named(
        ("oai:new/2", "Minutes"),
        ("oai:new/1", "Minutes"),
        ("oai:new/31", "One"),
        ("oai:new/42", "Two"),
        first=9,
    )
    assert pairs(gone, come) == {(f"oai:old:{n}", f"oai:new/{n}") for n in (1, 2, 31, 42)}


def test_equal_titles_without_a_rule_are_left_out() -> None:
    gone, come = named(("a", "Minutes"), ("b", "Minutes")), named(("x", "Minutes"), ("y", "Minutes"), first=9)
    assert pairs(gone, come) == set()
    assert pairs(named(("a", "")), named(("b", ""), first=9)) == set()


NAMES = st.text("ab:/12", min_size=1, max_size=8)
RECORDS = st.lists(
    st.tuples(NAMES, st.sampled_from(["One", "Two", "Three", ""])), max_size=12, unique_by=lambda one: one[0]
)


@given(RECORDS, RECORDS)
@settings(max_examples=150)
def test_each_is_in_one_pair_at_most_and_of_one_title(
    gone: list[tuple[str, str]], come: list[tuple[str, str]]
) -> None:
    found = renamed(named(*gone), named(*come, first=100))
    assert len({one.known.id for one in found}) == len({one.listed.id for one in found}) == len(found)
    assert all(one.known.same == one.listed.same and one.known.same[0] for one in found)


@given(st.lists(NAMES, unique=True, min_size=2, max_size=20), st.permutations(range(20)))
@settings(max_examples=60)
def test_a_new_beginning_for_all_is_found_whatever_their_titles(names: list[str], order: list[int]) -> None:
    """Two sure pairs are enough: the others may all have one title."""
    old = [(f"oai:old.example:{name}!", "Minutes") for name in names] + [
        ("oai:old.example:one#", "One"), ("oai:old.example:two#", "Two"),
    ]  # fmt: skip
    new = [(name.replace("oai:old.example:", "oai:www.example.org/"), title) for name, title in old]
    shuffled = [new[n % len(new)] for n in order] + new
    found = renamed(named(*old), named(*dict.fromkeys(shuffled), first=100))
    assert {(a.known.identifier, a.listed.identifier) for a in found} == {
        (before[0], after[0]) for before, after in zip(old, new, strict=True)
    }
