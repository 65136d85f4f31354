"""What our descriptions say of the APIs is what they answer, to whatever may be sent (schemathesis)."""

from __future__ import annotations

import pytest

from api_proof import DESCRIPTIONS, Proof, World
from catalogue.store import Store


@pytest.mark.parametrize(("description", "examples"), list(zip(DESCRIPTIONS, (2, 12), strict=True)))
def test_whatever_is_sent_the_answer_is_as_described(
    sqlite_store: Store, description: str, examples: int
) -> None:
    proof = Proof(World(sqlite_store), description)
    faults = list(proof.faults(examples=examples))
    assert not faults, "\n".join(faults)
    assert proof.statuses[200] > 20
