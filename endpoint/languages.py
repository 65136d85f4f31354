"""The six languages of the United Nations: which one a reader wants, and what our words are in it.

Words stand in `endpoint/translations/*.po`, the catalogues that translators work on, under the English
text. `make messages` brings them in step with the templates; a test fails where one is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import Request

from catalogue.languages import is_tag

TRANSLATIONS: Final = Path(__file__).resolve().parent / "translations"


@dataclass(frozen=True, slots=True)
class Language:
    """A language that pages are in."""

    #: BCP 47.
    tag: str
    #: What it is called in itself.
    name: str
    #: `ltr` or `rtl`, as HTML has it.
    direction: str


def _language(tag: str) -> Language:
    locale = Locale.parse(tag)
    return Language(tag, (locale.display_name or tag).capitalize(), locale.text_direction)


#: By tag, in the order in which they are offered.
LANGUAGES: Final = {tag: _language(tag) for tag in ("ar", "zh", "en", "fr", "ru", "es")}
ENGLISH: Final = LANGUAGES["en"]
#: Tags of a header that are looked at.
_MOST_TAGS: Final = 20


def N_(text: str) -> str:  # noqa: N802 - what the tools for translators look for
    """A text for the translators' catalogues; it is looked up in the reader's language when it is shown."""
    return text


@cache
def name_of(tag: str, language: Language) -> str:
    """What a language is called in the reader's: with its script and region, where its tag (BCP 47) has them.

    Empty where nobody knows it.
    """
    locale = Locale.parse(language.tag)
    primary, *others = tag.split("-")
    name = locale.languages.get(primary.lower(), "")
    finer = [locale.scripts.get(one.title()) or locale.territories.get(one.upper()) or one for one in others]
    return f"{name} ({', '.join(finer)})" if name and finer else name


@cache
def words(tag: str) -> NullTranslations:
    """Our words in a language; English ones are the texts themselves."""
    if tag == ENGLISH.tag:
        return NullTranslations()
    with (TRANSLATIONS / f"{tag}.po").open("rb") as file:
        catalogue = read_po(file, locale=tag)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def wanted(request: Request) -> Language:
    """The language that a reader wants: what the address says (`lang`), else the browser, else English."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return LANGUAGES[asked]
    return liked(request.headers.get("accept-language", ""))


def liked(accept_language: str) -> Language:
    """The language of ours that an Accept-Language header likes best (RFC 9110, section 12.5.4)."""
    weighted = [_weighted(part) for part in accept_language.split(",") if part.strip()]
    for weight, tag in sorted(weighted, key=lambda one: -one[0]):
        found = LANGUAGES.get(tag.partition("-")[0].lower())
        if found is not None and weight > 0:
            return found
    return ENGLISH


def tags_of(accept_language: str) -> tuple[str, ...]:
    """The tags in an Accept-Language header, the best first; behind each the language alone."""
    weighted = [_weighted(part) for part in accept_language.split(",")[:_MOST_TAGS] if part.strip()]
    found: dict[str, None] = {}
    for weight, tag in sorted(weighted, key=lambda one: -one[0]):
        if weight > 0 and is_tag(tag):
            found |= {tag: None, tag.partition("-")[0].lower(): None}
    return tuple(found)


def _weighted(part: str) -> tuple[float, str]:
    tag, _, parameter = part.strip().partition(";")
    name, _, value = parameter.strip().partition("=")
    try:
        return (float(value) if name.strip() == "q" else 1.0), tag.strip()
    except ValueError:
        return 0.0, tag.strip()
