"""The sample federation on a free port, and a plain way to ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests
from lxml import etree

from clearinghouse.sample.federation import Federation

Ask = Callable[..., etree._Element]


@pytest.fixture(scope="module")
def federation() -> Iterator[Federation]:
    with Federation(port=0) as running:
        yield running


@pytest.fixture
def ask(federation: Federation) -> Ask:
    """Sends a GET to a path and returns the root of the answer."""

    def ask_path(path: str, **parameters: str) -> etree._Element:
        answer = requests.get(federation.base_url + path, params=parameters, timeout=10)
        return etree.fromstring(answer.content)

    return ask_path
