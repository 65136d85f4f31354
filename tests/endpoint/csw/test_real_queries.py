"""Queries over the corpus's records: GET, POST, SOAP, every language and version say the truth."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.query import Compare, Operator, SortKey
from catalogue.store import Store
from csw_client import CswClient
from query_truth import held_by_name as held
from real_queries import Drawn, Query, real_records, wrong, wrong_by_cql2
from records_client import RecordsClient

pytestmark = pytest.mark.corpus


def test_real_records_are_found_as_plain_python_finds_them(store: Store, corpus: Path) -> None:
    known = held(store, real_records(corpus, most=90))
    client, other = CswClient(store), RecordsClient(store)

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(query=Drawn(known).queries(), seed=st.integers(0, 1000))
    def check(query: Query, seed: int) -> None:
        assert wrong(query, seed, client, known) == []
        assert wrong_by_cql2(query, seed, other, known) == []

    check()


def test_a_wrong_answer_is_noticed(sqlite_store: Store, corpus: Path) -> None:
    known = held(sqlite_store, real_records(corpus, most=12))
    titled = Compare("title", Operator.EQUAL, known[0].values("title")[0])
    query = Query(titled, (SortKey("title"),), 1, 5)
    client = CswClient(sqlite_store)
    assert wrong(query, 1, client, known) == []
    # Plain Python is told of one record less than there is.
    assert len(wrong(query, 1, client, known[1:])) == 18
    assert len(wrong_by_cql2(query, 1, RecordsClient(sqlite_store), known[1:])) == 2
