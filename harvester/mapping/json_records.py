"""From the bytes of a JSON payload to a Record: which reader takes it is told by its members."""

from __future__ import annotations

from catalogue.formats import DCAT_US, OGC_RECORD, MetadataFormat
from catalogue.record import Record
from harvester.mapping import dcat_us, ogc_record
from harvester.mapping.json_values import decode


def read_json(payload: bytes) -> tuple[MetadataFormat, Record]:
    """The format of a payload, and the record in it.

    Raises:
        UnreadableRecord: `json.malformed`, or a rule of the format.
    """
    found = decode(payload)
    if dcat_us.is_dataset(found):
        return DCAT_US, dcat_us.read(found)
    return OGC_RECORD, ogc_record.read(found)
