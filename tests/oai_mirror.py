"""A client that keeps a copy of a list of the feed, for tests of what it may miss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

SPEC = "topic:x"
#: What a record may be classified as: it leaves sets, joins others, comes back.
CLASSES = ((), (SPEC,), ("topic:y",), (SPEC, "place:z"))


@dataclass
class Harvester:
    """A client that keeps a copy of a list: whole at first, then what has changed."""

    oai: Any
    given: dict[str, str]
    copy: dict[str, bytes] = field(default_factory=dict)
    last: str = ""

    def pages(self, choose: Callable[[list[str]], str]) -> Iterator[None]:
        """Harvest; after each page the caller may do something else.

        Args:
            choose: which of the pages' responseDates is kept for the next time.
        """
        dates: list[str] = []
        given = self.given | ({"from_": self.last} if self.last else {})
        for answer in self.oai.pages("ListRecords", **given):
            assert answer.error in {"", "noRecordsMatch"}
            dates.append(answer.response_date)
            self.take(answer)
            yield
        self.last = choose(dates)

    def take(self, answer: Any) -> None:
        for record in answer.root.iterfind(".//{*}record"):
            header, *rest = record
            if header.get("status") == "deleted":
                self.copy.pop(header[0].text, None)
            else:
                self.copy[header[0].text] = rest[0][0][0].text
