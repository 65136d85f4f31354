"""The templates: escaped always, strict about names, and in the reader's language."""

from __future__ import annotations

from functools import cache, lru_cache, partial
from typing import Any, Final

from babel import Locale
from babel.numbers import format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined

from endpoint.languages import ENGLISH, LANGUAGES, Language, words
from endpoint.public.wording import Wording

_MANY_BYTES: Final = 10_000_000


@cache
def _environment(tag: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("endpoint", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    locale = Locale.parse(tag)
    # A table has hundreds of numbers, most of them over and over.
    environment.filters["number"] = lru_cache(10_000, typed=True)(partial(format_decimal, locale=locale))
    environment.filters["moment"] = Wording(LANGUAGES[tag]).moment
    environment.filters["size"] = _size
    # The i18n extension adds this method at run time.
    environment.install_gettext_translations(words(tag), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _size(count: int) -> str:
    """Bytes, for people."""
    return f"{count / 1e6:,.0f} MB" if count >= _MANY_BYTES else f"{max(1, round(count / 1e3)):,} kB"


def render_template(name: str, *, language: Language = ENGLISH, **context: Any) -> str:
    """A page, made from the template of this name; every value in it is escaped."""
    template = _environment(language.tag).get_template(name)
    return template.render(language=language, languages=LANGUAGES.values(), **context)
