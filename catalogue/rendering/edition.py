"""Which edition of the writers this is: what another has rendered is not served as if it were of this one."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

from catalogue.formats import ON_DEMAND
from catalogue.rendering.specimen import specimen

#: The writers, and beside them what a record is and all that they know of languages, names and formats.
_PLACES: Final = (Path(__file__).parent, Path(__file__).parent.parent)


@cache
def edition() -> str:
    """A digest of all code that decides which bytes a record is rendered as, and of some that it has made.

    Whatever changes in it makes another edition, also what makes no difference: to render anew what need not
    be costs some time in the background, and nobody has to remember to count up a number.
    """
    digest = blake2b(digest_size=8)
    for place in _PLACES:
        for module in sorted(place.glob("*.py")):
            digest.update(module.read_bytes())
    for form in ON_DEMAND:
        digest.update(specimen(form.prefix))
    return digest.hexdigest()
