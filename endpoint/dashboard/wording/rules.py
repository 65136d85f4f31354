"""What each rule is about: what was found, why it matters to people who search, and how it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from endpoint.languages import N_


@dataclass(frozen=True, slots=True)
class Rule:
    """The words of one rule."""

    title: str
    what: str
    why: str
    fix: str
    #: The check of the doctor that knows how it is mended in which software; empty: none does.
    check: str = ""


#: By the end of a rule's name, behind its point; formats and protocols share them.
_BY_END: Final[Mapping[str, Rule]] = {
    "no-title": Rule(
        N_("No title"),
        N_("The record has no title, and nothing that could stand in for one."),
        N_("Without a title it would be an empty line in every list of results."),
        N_("Give the record a title where it is edited; see that the export to this format carries it."),
    ),
    "no-identifier": Rule(
        N_("No identifier"),
        N_("The record has no identifier by which its source could be asked for it again."),
        N_("It could not be told apart from others, nor be changed or deleted later."),
        N_("Give each record an identifier of its own that never changes."),
        check="identifiers",
    ),
    "too-long": Rule(
        N_("An identifier that is too long"),
        N_("The identifier has more than a thousand characters."),
        N_("Catalogues cannot find things by such identifiers."),
        N_("Give the record a short identifier, such as a UUID or a handle."),
        check="identifiers",
    ),
    "malformed": Rule(
        N_("Broken markup"),
        N_("The record cannot be parsed: its XML or JSON breaks off, or its parts do not fit together."),
        N_("Nothing of it can be read, neither here nor in any other catalogue."),
        N_(
            "Look at the place that is marked. As a rule a special character stands in a text without being escaped, or the record was cut off."
        ),
        check="well-formed",
    ),
    "doctype": Rule(
        N_("A document type declaration"),
        N_("The record begins with a DOCTYPE, which can be used to attack whoever reads it."),
        N_("Harvesters refuse such records for their safety."),
        N_("Let the export leave the DOCTYPE out; metadata formats need none."),
    ),
    "unknown": Rule(
        N_("A format that is not known"),
        N_("The record is in a format that no reader here understands."),
        N_("It cannot be told what its parts mean."),
        N_(
            "Offer the records in one of the formats of the feed page, or choose another format in the settings of the source."
        ),
        check="formats",
    ),
    "no-metadata": Rule(
        N_("An empty record"),
        N_("The source lists the record, but sends nothing about it."),
        N_("There is nothing to find."),
        N_("See whether the record was deleted half-way, or is hidden from guests."),
        check="tombstones",
    ),
    "record-fails": Rule(
        N_("A record that its server cannot send"),
        N_("Each time this record is asked for, the server fails; its neighbours come."),
        N_("It is missing here, and in every other catalogue that harvests the node."),
        N_(
            "Open the record in the node's own software, and look into its log at the time of the run: as a rule a field holds what the export cannot write."
        ),
        check="resumption",
    ),
    "short-list": Rule(
        N_("A list that is shorter than announced"),
        N_("The server announced more records than it sent."),
        N_("Records may be missing, and nobody can tell which."),
        N_("Index the catalogue anew, and look for records that the export leaves out."),
        check="list",
    ),
    "filter-refused": Rule(
        N_("A filter that the server refuses"),
        N_("The server does not answer when it is asked only for what has changed."),
        N_("The whole list has to be read each time, which costs it more than the filter would."),
        N_("Let the server support filters by the date of change."),
        check="selective",
    ),
    "unreadable": Rule(
        N_("A file that cannot be read"),
        N_("A file or a folder of the source cannot be opened."),
        N_("What is in it is missing here."),
        N_("See that the file is there, is not damaged, and may be read by guests."),
    ),
    "other": Rule(
        N_("A record that cannot be taken"),
        N_("The record is not as its format says that it has to be."),
        N_("It is missing here until it is mended; an earlier version, if there is one, stays."),
        N_("Look at what was found and where, and mend it where the record is edited."),
    ),
}
_ALIKE: Final[Mapping[str, str]] = {
    "record-unavailable": "record-fails",
    "folder-unreadable": "unreadable",
    "no-properties": "no-metadata",
    "no-dataset": "no-metadata",
}


def words_of(rule: str) -> Rule:
    """The words of a rule; of one that has none of its own, what holds of all."""
    end = rule.rpartition(".")[2]
    return _BY_END.get(_ALIKE.get(end, end), _BY_END["other"])
