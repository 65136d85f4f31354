"""The description is valid, what is answered is what it says, and nothing that is sent breaks anything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate

from endpoint.records_api.router import ROUTES
from endpoint.records_api.service import PATH
from records_client import Answer, Held, RecordsClient

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def described(client: RecordsClient) -> dict[str, Any]:
    return client.get("/api").json


def check(described: dict[str, Any], path: str, answer: Answer) -> None:
    """The answer is one of those that the description of the path has."""
    responses = described["paths"][path]["get"]["responses"]
    assert str(answer.status) in responses, (answer.status, answer.content)
    response = responses[str(answer.status)]
    if "$ref" in response:
        response = described["components"]["responses"][response["$ref"].rpartition("/")[2]]
    types = {name.partition(";")[0]: content for name, content in response["content"].items()}
    if answer.status != 200 and answer.media_type == "text/html":
        return
    assert answer.media_type in types, answer.media_type
    schema = types[answer.media_type]["schema"]
    if answer.media_type.endswith("json"):
        OAS30Validator({**schema, "components": described["components"]}).validate(answer.json)


def test_the_description_is_valid_and_complete(described: dict[str, Any]) -> None:
    validate(described)
    routes = {route.removeprefix(PATH) or "/" for route in ROUTES}
    named = {path.replace("{catalogId}", "{catalogue}") for path in described["paths"]}
    assert {path.replace("{recordId}", "{record:path}") for path in named} == routes


@pytest.mark.parametrize("f", ["json", "geojson", "jsonld", "dcat-jsonld", "html"])
def test_answers_are_as_described(
    client: RecordsClient, held: Held, described: dict[str, Any], f: str
) -> None:
    for path in described["paths"]:
        if f not in {"json", "html"} and "items" not in path:
            continue
        address = path.replace("{catalogId}", "records").replace("{recordId}", held.rich)
        check(described, path, client.get(f"{address}?f={f}"))
    every = client.get("/collections/records/items?limit=100&f=json")
    check(described, "/collections/{catalogId}/items", every)


_texts = st.text(max_size=20) | st.sampled_from(
    [
        "", "-1", "0", "5", "1e999", "nan", "..", "2003-05-04", "2003-01-01/..", "1,2,3,4", "-180,-90,180,90",
        "title", "-updated,title", "cql2-json", "cql2-text", "TRUE", "[", '{"op":"not","args":[true]}',
        "doi:10.1/x", "title LIKE '%a%'", "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "WzEsMV0", "WzEsMSxbIngiXV0", "html", "json", "rdf", "native", "%", "'", '"', "\\", "a" * 3000,
        "ar;q=0.3,fr", "\ud7ff", "﷐", "EPSG:3857", "EPSG:0",
    ]
)  # fmt: skip


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_whatever_is_sent_there_is_an_answer(
    client: RecordsClient, held: Held, described: dict[str, Any], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted(described["paths"])))
    components = described["components"]["parameters"]
    named = [
        components[one["$ref"].rpartition("/")[2]] for one in described["paths"][path]["get"]["parameters"]
    ]
    address = path
    for one in named:
        if one["in"] == "path":
            wanted = st.sampled_from(
                ["records", "convention:basel", held.rich, held.gone, "%2F", "..", "a b"]
            )
            address = address.replace("{" + one["name"] + "}", data.draw(wanted))
    queries = [one["name"] for one in named if one["in"] == "query"]
    sent = data.draw(st.dictionaries(st.sampled_from(queries) | _texts, _texts, max_size=3))
    accept = data.draw(
        st.sampled_from(["", "*/*", "text/html", "application/*;q=0.1", "x/y", ";;,q=", "a" * 99])
    )
    answer = client.get(address, accept=accept, **{k: v for k, v in sent.items() if k not in RESERVED})
    assert answer.status < 500
    if answer.status >= 400:
        assert answer.media_type in {PROBLEM, "text/html"}
    if answer.media_type == PROBLEM:
        OAS30Validator(described["components"]["schemas"]["problem"]).validate(answer.json)
    elif answer.status == 200 and sent.get("f") != "native" and address.count("/") == path.count("/"):
        check(described, path, answer)


#: Names of arguments of the client.
RESERVED = frozenset({"path", "accept", "language", "method", "self"})
