"""What no database keeps, in an address or a form: refused or not found, and nobody's fault here."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app


@pytest.mark.parametrize(
    "path", ["/where?q=a%00b", "/check/a%00b", "/api/where?q=a%00b", "/api/checks/a%00b"]
)
def test_no_text_with_nul_is_anywhere(store: Store, path: str) -> None:
    client = TestClient(create_app(load_settings(), store))
    expected = {404, 422} if path.startswith("/api") else {404}
    assert client.get(path).status_code in expected | ({200} if "where" in path and store.embedded else set())


def test_no_address_has_nul(store: Store) -> None:
    client = TestClient(create_app(load_settings(), store))
    answer = client.post("/api/checks", json={"url": "https://a.example.org/\0"})
    assert answer.status_code in ({202} if store.embedded else {422})
