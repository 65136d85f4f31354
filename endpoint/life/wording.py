"""The words for what happened to a record."""

from __future__ import annotations

from typing import Final

from catalogue.lives import Standing, What
from endpoint.languages import N_

HAPPENED: Final = {
    What.TAKEN: N_("Taken over"),
    What.CHANGED: N_("Changed at its source"),
    What.READ_ANEW: N_("Read anew by newer rules"),
    What.DELETED: N_("Deleted"),
    What.LIVE_AGAIN: N_("There again"),
    What.SET_ASIDE: N_("Set aside: it could not be taken"),
    What.ABSENT: N_("Missing from its source’s list"),
}

#: What the defaults of a source may supply (`catalogue.defaults`).
ADDED: Final = {"language": N_("Language"), "licence": N_("Licence"), "country": N_("Country")}

STANDINGS: Final = {
    Standing.LIVE: N_("It is in the catalogue."),
    Standing.DELETED: N_("It was deleted, and is told as such to those who harvest us."),
    Standing.SET_ASIDE: N_("It has never been in the catalogue: no harvest could take it."),
}

#: A mark beside the words, so that no state is told by colour alone.
MARKS: Final = {Standing.LIVE: "✓", Standing.DELETED: "✕", Standing.SET_ASIDE: "!"}
