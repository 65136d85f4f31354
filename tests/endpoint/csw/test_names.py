"""Names of queryables, and axes."""

from __future__ import annotations

import pytest

from catalogue.errors import InvalidQuery
from catalogue.queryables import QUERYABLES
from catalogue.reference_systems import system
from endpoint.csw.exceptions import OwsException
from endpoint.csw.queryables import NAMES, named
from endpoint.filters.geometry import Envelope, envelope


def test_every_queryable_has_a_name_and_every_name_a_queryable() -> None:
    assert set(NAMES) == set(QUERYABLES)
    names = [name for names in NAMES.values() for name in names]
    assert len(names) == len(set(names))
    for queryable, names in NAMES.items():
        for name in names:
            assert named(name, {}).queryable == queryable


@pytest.mark.parametrize(
    ("name", "queryable"),
    [
        ("Title", "title"),
        ("title", "title"),
        ("csw:Title", "title"),
        ("AnyText", "anytext"),
        ("anytext", "anytext"),
        ("apiso:anytext", "anytext"),
        ("/csw:Record/dc:title", "title"),
        ("//dc:title", "title"),
        ("dc:DATE", "date"),
        ("abstract", "abstract"),
        ("creator", "creator"),
        ("RevisionDate", "revised"),
        ("dcterms:modified", "modified"),
        ("ows:BoundingBox", "boundingbox"),
    ],
)
def test_spellings(name: str, queryable: str) -> None:
    assert named(name, {}).queryable == queryable


def test_prefixes_are_the_clients() -> None:
    assert named("x:title", {"x": "http://purl.org/dc/elements/1.1/"}).queryable == "title"
    for name, prefixes in (
        ("x:title", {}),
        ("dc:title", {"dc": "http://example.org/other"}),
        ("dct:creator", {}),
    ):
        with pytest.raises(OwsException):
            named(name, prefixes)


@pytest.mark.parametrize(
    ("crs", "first"),
    [
        ("urn:ogc:def:crs:EPSG::4326", True),
        ("urn:ogc:def:crs:EPSG:6.11:4326", True),
        ("urn:x-ogc:def:crs:EPSG:6.11:4326", True),
        ("URN:OGC:DEF:CRS:EPSG::4326", True),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", True),
        ("urn:ogc:def:crs:EPSG::4490", True),
        ("EPSG:4326", False),
        ("[EPSG:4326]", False),
        ("epsg:4326", False),
        ("http://www.opengis.net/gml/srs/epsg.xml#4326", False),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", False),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", False),
        ("CRS:84", False),
        ("", False),
    ],
)
def test_axes(crs: str, first: bool) -> None:  # noqa: FBT001 - what is expected
    assert system(crs).latitude_first is first
    box = envelope(("1", "2"), ("3", "4"), crs)
    assert box == (Envelope(2.0, 1.0, 4.0, 3.0) if first else Envelope(1.0, 2.0, 3.0, 4.0))


@pytest.mark.parametrize("crs", ["4326", "EPSG:43260", "x", "EPSG:", "EPSG:../4326", "+proj=longlat", "x:1"])
def test_unknown_systems_are_refused(crs: str) -> None:
    with pytest.raises(InvalidQuery, match="not known") as refused:
        envelope(("1", "2"), ("3", "4"), crs)
    assert refused.value.locator == "srsName"


def test_west_of_east_crosses_the_antimeridian() -> None:
    assert envelope(("170", "-10"), ("-170", "10"), "") == Envelope(170.0, -10.0, -170.0, 10.0)
