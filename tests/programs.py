"""Programs that use the API, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests


@dataclass
class Program:
    """A client of the API with a token."""

    at: str
    token: str
    #: Of the last answer.
    status: int = 0
    headers: Any = field(default_factory=dict)

    def __call__(self, method: str, path: str, **body: Any) -> Any:
        answer = requests.request(
            method,
            self.at + path,
            json=body or None,
            headers={"Authorization": f"Bearer {self.token}"} if self.token else {},
            timeout=20,
        )
        self.status, self.headers = answer.status_code, answer.headers
        return answer.json() if answer.content else None
