"""What every operation's parameters can be: the capabilities and GetDomain tell it, from these tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from endpoint.csw import names
from endpoint.csw.queryables import names_in
from endpoint.csw.reading import SECTIONS
from endpoint.languages import LANGUAGES

Domains = Mapping[str, tuple[str, ...]]

_TYPES: Final = tuple(names.TYPES.values())
_SCHEMAS: Final = names.OUTPUT_SCHEMAS


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, as ows:Operation tells it."""

    parameters: Domains
    constraints: Domains = field(default_factory=dict)


#: Parameters of every operation.
COMMON: Final[Domains] = {"service": (names.SERVICE,), "version": (names.VERSION,)}
#: The encodings in which requests are posted.
POST_ENCODINGS: Final = ("XML", "SOAP")

OPERATIONS: Final[Mapping[str, Operation]] = {
    "GetCapabilities": Operation(
        {
            "sections": SECTIONS,
            "acceptFormats": names.OUTPUT_FORMATS,
            "language": tuple(LANGUAGES),
        }
    ),
    "DescribeRecord": Operation(
        {
            "typeName": _TYPES,
            "outputFormat": names.OUTPUT_FORMATS,
            "schemaLanguage": names.SCHEMA_LANGUAGES,
        }
    ),
    "GetDomain": Operation({}),
    "GetRecords": Operation(
        {
            "typeNames": _TYPES,
            "outputFormat": names.OUTPUT_FORMATS,
            "outputSchema": _SCHEMAS,
            "resultType": names.RESULT_TYPES,
            "ElementSetName": names.ELEMENT_SETS,
            "CONSTRAINTLANGUAGE": names.CONSTRAINT_LANGUAGES,
        },
        {
            "SupportedDublinCoreQueryables": tuple(names_in("dc", "dct", "ows", "csw")),
            "SupportedISOQueryables": tuple(names_in("apiso")),
            "SupportedISO19115p3Queryables": tuple(
                name.replace("apiso:", "mdb:") for name in names_in("apiso")
            ),
            "AdditionalQueryables": tuple(names_in("")),
        },
    ),
    "GetRecordById": Operation(
        {
            "outputFormat": names.OUTPUT_FORMATS,
            "outputSchema": _SCHEMAS,
            "ElementSetName": names.ELEMENT_SETS,
        }
    ),
    "GetRepositoryItem": Operation({}),
}


def _parameters() -> dict[str, tuple[str, ...]]:
    found = {}
    for name, operation in OPERATIONS.items():
        for parameter, values in operation.parameters.items():
            found[f"{name}.{parameter}".lower()] = values
        for parameter, values in COMMON.items():
            found[f"{name}.{parameter}".lower()] = values
    properties = tuple(name for values in OPERATIONS["GetRecords"].constraints.values() for name in values)
    found["getdomain.propertyname"] = properties
    found["getdomain.parametername"] = tuple(found)
    return found


#: `operation.parameter`, in lower case -> its values (07-006r1, 10.7.4.1).
PARAMETERS: Final[Domains] = _parameters()
