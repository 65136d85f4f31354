"""The elements of the answers that are not a record's: formats. Strings are joined, nothing is parsed."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.formats import MetadataFormat
from catalogue.xml import escape


def metadata_formats(offered: Sequence[MetadataFormat]) -> bytes:
    """The metadataFormat elements (section 4.4)."""
    return "".join(
        f"<metadataFormat><metadataPrefix>{form.prefix}</metadataPrefix><schema>{escape(form.schema)}</schema>"
        f"<metadataNamespace>{escape(form.namespace)}</metadataNamespace></metadataFormat>"
        for form in offered
    ).encode()
