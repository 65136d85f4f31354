"""Our OAI identifiers: `oai:<namespace>:<source>:<identifier in the source>`.

The form is that of the OAI identifier guideline (http://www.openarchives.org/OAI/2.0/guidelines-oai-identifier.htm).
Two sources may hold the same identifier; ours differ, and neither record overwrites the other. The
source's own identifier is in ours for everyone to read, percent-encoded where the guideline asks for it.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

#: What the guideline allows, less what XML or a space-separated list would have to escape.
_SAFE: Final = "/:;?@=+$,-_.!~*()"


def mint(namespace: str, source_id: str, source_identifier: str) -> str:
    """The identifier of an item of a source; one to one, and for ever the same."""
    return f"oai:{namespace}:{source_id}:{quote(source_identifier, safe=_SAFE)}"
