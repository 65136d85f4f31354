"""What is assumed of records that say nothing: added where nothing is, marked, and taken back."""

from __future__ import annotations

import pytest

from catalogue.defaults import Defaults, without_marks
from catalogue.errors import SettingsError
from catalogue.record import Box, Record, Right, Text
from harvester.mapping.defaults import with_defaults

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def test_only_what_a_record_does_not_say_is_added() -> None:
    defaults = Defaults("fr", LICENCE, "KE")
    bare, marks = with_defaults(Record(Text.of("Waste")), defaults)
    assert (bare.languages, bare.rights) == (("fr",), (Right(None, "license", LICENCE),))
    assert [place.default for place in bare.places] == ["Kenya"]
    assert marks == ("default.language", "default.licence", "default.country")
    told = Record(
        Text.of("Waste"), languages=("ar",), rights=(Right(Text.of("all")),), boxes=(Box(1, 2, 3, 4),)
    )
    assert with_defaults(told, defaults) == (told, ())
    assert with_defaults(bare, Defaults()) == (bare, ())
    words, _ = with_defaults(Record(Text.of("Waste")), Defaults(licence="Open to all"))
    assert words.rights[0].text == Text.of("Open to all")
    assert without_marks(("entities", *marks)) == ("entities",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("language", "french"),
        ("country", "kenya"),
        ("licence", "a\nb"),
        ("licence", "x" * 301),
        ("other", "x"),
    ],
)
def test_what_no_record_could_say_is_refused(name: str, text: str) -> None:
    with pytest.raises(SettingsError):
        Defaults().set(name, text)
    assert Defaults.of({"language": "fr", "of a later release": "x"}) == Defaults("fr")
