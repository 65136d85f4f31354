"""A page for people: a template, in the reader's language, with what every page needs."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse

from endpoint import languages
from endpoint.auth.gate import Reader, reader
from endpoint.deps import services
from endpoint.languages import Language
from endpoint.public.assets import PAGE_HEADERS, asset_path
from endpoint.templating import render_template

#: Who has signed in sees another page than everybody, and nobody keeps it for others.
_VARY: Final = {"Vary": "Accept-Language, Cookie"}
_PRIVATE: Final = {"Cache-Control": "no-store"}


def page(
    request: Request, template: str, *, language: Language | None = None, **context: Any
) -> HTMLResponse:
    """A page made from a template, in the reader's language unless another is named."""
    settings, language = services(request).settings, language or languages.wanted(request)
    root = urlsplit(settings.public_url).path
    asked = request.query_params.get("lang") == language.tag

    def link(path: str) -> str:
        """An address of ours; a language that was chosen by hand stays chosen."""
        return f"{root}{path}" + (f"?lang={language.tag}" if asked else "")

    def in_language(tag: str) -> str:
        """This very page in another language."""
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
        return "?" + urlencode([*kept, ("lang", tag)])

    context.setdefault("reader", reader(request))
    asking: Reader = context["reader"]
    made = render_template(
        template,
        language=language,
        settings=settings,
        root=root,
        asset=partial(asset_path, root),
        link=link,
        in_language=in_language,
        **context,
    )
    headers = PAGE_HEADERS | _VARY | (_PRIVATE if asking.person else {})
    return HTMLResponse(made, headers=headers)
