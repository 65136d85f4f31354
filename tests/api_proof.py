"""Requests made of a description of our API by schemathesis, and answers held to it.

Each operation is asked by requests that are as the description says, and by some that are not. Whatever is
asked, the answer has a status, a media type, headers and a body that the description has, and is no failure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, CheckFunction, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from catalogue.people import Action, Role
from catalogue.settings import load_settings
from catalogue.store import Store
from catalogue.store.desk.checkups import Allowance
from endpoint.app import create_app
from query_truth import filled
from signing_in import add_node, add_person, token_of

#: Where our descriptions are.
DESCRIPTIONS = ("/api/openapi.json", "/ogc/api")
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: Of four requests that are as the description says, those that name something that there is.
_KNOWN = 3


class World:
    """A store with one of nearly everything in it, and the application over it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        records = [one.identifier for one in filled(store, seed=7, count=20)]
        add_node(store, "delta", "nile")
        self._operator = add_person(store, Role.OPERATOR, mail="op@example.org")
        others = [add_person(store, Role.VIEWER), add_person(store, nodes=("delta",))]
        now = datetime.now(UTC)
        asked = store.checkups.ask(
            "https://nile.example.org/oai",
            "nile.example.org",
            client="192.0.2.1",
            now=now,
            allowance=Allowance(9, 9),
        )
        #: Parameter of a path -> things of that name that there are.
        self.known: Mapping[str, Sequence[str]] = {
            "catalogId": ["records", "source:nile"],
            "recordId": records,
            "source_id": ["nile"],
            "node_id": ["delta"],
            "organisation_id": ["centre"],
            "person_id": [str(one.id) for one in others],
            "run_id": ["1"],
            "checkup_id": [asked],
        }
        self.app = create_app(load_settings(requests_per_minute=0), store)

    def token(self) -> str:
        """A new token that may be used for everything."""
        return token_of(self.store, self._operator, *Action)


class Proof:
    """What is found out by asking for what a description has."""

    def __init__(self, world: World, description: str) -> None:
        self._schema = schemathesis.openapi.from_asgi(description, world.app)
        self._world = world
        #: How often each status was answered.
        self.statuses: Counter[int] = Counter()

    def faults(self, *, examples: int, begin: int = 1, only: str = "") -> Iterator[str]:
        """What is wrong with the answers, each fault of an operation once."""
        for found in self._schema.get_all_operations():
            operation = found.ok()
            if only in operation.label:
                for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
                    yield from self._faults(operation, mode, examples, begin)

    def _faults(self, operation: Any, mode: GenerationMode, examples: int, begin: int) -> Iterator[str]:
        headers = {"Authorization": f"Bearer {self._world.token()}"}
        told: dict[str, str] = {}

        @seed(begin)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), draw=st.randoms(use_true_random=False))
        def ask(case: Case, draw: Any) -> None:
            for name, things in self._world.known.items() if mode is GenerationMode.POSITIVE else ():
                if name in case.path_parameters and draw.randint(0, _KNOWN):
                    case.path_parameters[name] = draw.choice(things)
            response = case.call(headers=headers)
            self.statuses[int(response.status_code)] += 1
            try:
                case.validate_response(response, checks=CHECKS)
            except FailureGroup as group:
                for failure in group.exceptions:
                    assert isinstance(failure, Failure)
                    said = f"{failure.title} ({int(response.status_code)}): {failure.message}"
                    told.setdefault(said, f"{operation.label}: {said}\n  {case.as_curl_command()}")

        try:
            ask()
        except Unsatisfiable:
            # There is no request that is not as the description says: whatever is sent is a text.
            assert mode is GenerationMode.NEGATIVE
        yield from told.values()
