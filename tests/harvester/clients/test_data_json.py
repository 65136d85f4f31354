from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug import Response

from catalogue.errors import AnswerUnreadable, ListBroken
from catalogue.run import Checkpoint
from catalogue.source import Protocol, Source
from csw_catalogue import identifiers
from harvester.clients import client_for
from harvester.clients.base import Client
from harvester.http import HarvestSession


class File:
    def __init__(self, httpserver: Any) -> None:
        self.body = document(250)
        httpserver.expect_request("/data.json").respond_with_handler(
            lambda _: Response(self.body, content_type="application/json")
        )


def document(count: int) -> str:
    datasets = [{"identifier": f"d{n}", "title": "A title", "modified": "2026-01-02"} for n in range(count)]
    return json.dumps({"title": "Open  data", "conformsTo": "x", "dataset": datasets})


@pytest.fixture
def file(httpserver: Any) -> File:
    return File(httpserver)


@pytest.fixture
def client(session: HarvestSession, httpserver: Any) -> Any:
    def make() -> Client:
        return client_for(Source("d", Protocol.DATA_JSON, httpserver.url_for("/data.json")), session)

    return make


ALL = [f"d{n}" for n in range(250)]


def test_the_whole_file_and_in_another_process(file: File, client: Any) -> None:
    assert client().describe().repository_name == "Open data"
    pages = list(client().pages(Checkpoint()))
    assert identifiers(pages) == ALL
    assert pages[0].items[0].datestamp == "2026-01-02"
    assert json.loads(pages[0].items[0].payload)["title"] == "A title"
    rest = list(client().pages(pages[0].checkpoint))
    assert identifiers([pages[0], *rest]) == ALL
    file.body = document(3)
    with pytest.raises(ListBroken):
        list(client().pages(pages[0].checkpoint))


def test_datasets_without_an_identifier(file: File, client: Any) -> None:
    file.body = '{"dataset": [{"title": "a"}, 7, {"identifier": 3}, {"identifier": " x "}]}'
    [page] = client().pages(Checkpoint())
    assert [item.fault.rule if item.fault else item.identifier for item in page.items] == [
        "data_json.no-identifier",
        "data_json.no-identifier",
        "data_json.no-identifier",
        "x",
    ]


@pytest.mark.parametrize("body", ["<html/>", "", '{"dataset": [{', "[]", '{"title": "x"}', '{"dataset": 3}'])
def test_what_is_no_catalogue(file: File, client: Any, body: str) -> None:
    file.body = body
    with pytest.raises(AnswerUnreadable):
        client().describe()
    with pytest.raises(AnswerUnreadable):
        list(client().pages(Checkpoint()))
