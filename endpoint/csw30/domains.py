"""What the parameters of CSW 3.0.0 can be: the capabilities and GetDomain tell it, from these tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue.queryables import QUERYABLES, WITHOUT_VALUES
from endpoint.csw import names as older
from endpoint.csw.domains import Domains
from endpoint.csw.queryables import NAMES, names_in
from endpoint.csw30 import names
from endpoint.languages import LANGUAGES

_TYPES: Final = tuple(dict.fromkeys(names.TYPES.values()))
_SCHEMAS: Final = names.OUTPUT_SCHEMAS

#: Parameters of every operation.
COMMON: Final[Domains] = {"service": (older.SERVICE,), "version": names.VERSIONS[::-1]}
OPERATIONS: Final[Mapping[str, Domains]] = {
    "GetCapabilities": {
        "acceptVersions": names.VERSIONS[::-1],
        "sections": (*names.SECTIONS, "All"),
        "acceptFormats": names.ACCEPT_FORMATS,
        "acceptLanguages": tuple(LANGUAGES),
    },
    "GetDomain": {"resultType": names.RESULT_TYPES, "outputFormat": (names.XML, names.JSON)},
    "GetRecords": {
        "typeNames": _TYPES,
        "outputFormat": names.OUTPUT_FORMATS,
        "outputSchema": _SCHEMAS,
        "ElementSetName": older.ELEMENT_SETS,
        "CONSTRAINTLANGUAGE": older.CONSTRAINT_LANGUAGES,
    },
    "GetRecordById": {
        "outputFormat": names.OUTPUT_FORMATS,
        "outputSchema": _SCHEMAS,
        "ElementSetName": older.ELEMENT_SETS,
    },
    "GetRepositoryItem": {},
}
#: The queryables without a prefix, and those of them by which records can be ordered.
CORE_QUERYABLES: Final = tuple(names_in(""))
CORE_SORTABLES: Final = tuple(
    name
    for queryable, named in NAMES.items()
    if QUERYABLES[queryable] not in WITHOUT_VALUES
    for name in named
    if ":" not in name
)


def _parameters() -> dict[str, tuple[str, ...]]:
    found = {}
    for operation, parameters in OPERATIONS.items():
        for parameter, values in {**parameters, **COMMON}.items():
            found[f"{operation}.{parameter}".lower()] = values
    found["getdomain.valuereference"] = tuple(name for named in NAMES.values() for name in named)
    found["getdomain.parametername"] = tuple(found)
    return found


#: `operation.parameter`, in lower case -> its values.
PARAMETERS: Final[Domains] = _parameters()
