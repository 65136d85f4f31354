"""Filter Encoding and CQL say the same, and what they say is what plain Python finds."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.query import Identified, Predicate
from csw_client import Answer, CswClient
from filter_writers import CqlWriter, FilterWriter
from query_truth import Known, leaves, matching, trees

RELAXED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def check(answer: Answer, known: list[Known], where: Predicate) -> None:
    expected = set(matching(known, where))
    assert answer.identifiers == [one.identifier for one in known if one.number in expected]
    assert answer.counts == (len(expected), len(expected), 0)


@RELAXED
@given(where=trees(leaves(times=False)), seed=st.integers(0, 1000))
def test_filter_1_1(random_csw: CswClient, known: list[Known], where: Predicate, seed: int) -> None:
    written = FilterWriter(seed).filter(where)
    constraint = f'<csw:Constraint version="1.1.0">{written}</csw:Constraint>'
    check(random_csw.query(constraint, maxRecords="1000"), known, where)


@RELAXED
@given(where=st.data(), seed=st.integers(0, 1000))
def test_filter_2_0(random_csw: CswClient, known: list[Known], where: st.DataObject, seed: int) -> None:
    names = st.sampled_from([one.identifier for one in known] + ["oai:nobody"])
    identified = st.lists(names, min_size=1, max_size=3).map(lambda some: Identified(tuple(some)))
    wanted = where.draw(trees(leaves() | identified))
    written = FilterWriter(seed, version="2.0.0").filter(wanted)
    constraint = f'<csw:Constraint version="2.0.0">{written}</csw:Constraint>'
    check(random_csw.query(constraint, maxRecords="1000"), known, wanted)


@RELAXED
@given(where=trees(leaves(cases=False)), seed=st.integers(0, 1000))
def test_cql(random_csw: CswClient, known: list[Known], where: Predicate, seed: int) -> None:
    check(random_csw.cql(CqlWriter(seed).write(where), maxRecords="1000"), known, where)


@RELAXED
@given(where=trees(leaves(cases=False, times=False)), seed=st.integers(0, 1000))
def test_get_is_post(random_csw: CswClient, known: list[Known], where: Predicate, seed: int) -> None:
    common = {
        "service": "CSW",
        "version": "2.0.2",
        "request": "GetRecords",
        "typenames": "csw:Record",
        "RESULTTYPE": "results",
        "elementSetName": "brief",
        "maxRecords": "1000",
    }
    by_cql = random_csw.get(constraintLanguage="CQL_TEXT", constraint=CqlWriter(seed).write(where), **common)
    check(by_cql, known, where)
    by_filter = random_csw.get(
        constraintLanguage="FILTER", constraint=FilterWriter(seed).filter(where), **common
    )
    check(by_filter, known, where)
