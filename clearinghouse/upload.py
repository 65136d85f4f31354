"""`clearinghouse source upload`: the files of a centre that has no server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalogue.errors import UploadRefused
from clearinghouse.output import complaints
from clearinghouse.session import opened
from harvester.uploads import keep


def upload(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    given: Annotated[Path, typer.Argument(metavar="FILE", help="A zip archive, a folder, or one XML file.")],
) -> None:
    """Keep the files of a source without a server, in place of those that it had before."""
    with opened() as (settings, store):
        source = store.sources.get(source_id)
        if not source.is_uploaded:
            raise UploadRefused(f"{source_id!r} is harvested from {source.base_url}")
        kept = keep(Path(settings.uploads), source_id, given, settings.upload_limit)
    others = f", and {kept.others} others, which are not read" if kept.others else ""
    complaints.print(
        f"Kept: {kept.files} XML files, {kept.size} bytes{others}."
        f" Harvest them with: clearinghouse harvest {source_id}",
        markup=False,
    )
