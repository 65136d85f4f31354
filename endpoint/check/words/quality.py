"""The words of checks about the records themselves."""

from __future__ import annotations

from typing import Final

from endpoint.check.words.wording import Spec, Words
from endpoint.languages import N_

_DC: Final = "https://www.dublincore.org/specifications/dublin-core/dcmi-terms/"
_PRESENT: Final = {
    "good": N_("All %(of)s records that were looked at have it."),
    "few-missing": N_("%(count)s of %(of)s records do not have it."),
    "missing": N_("%(count)s of %(of)s records do not have it."),
}
_SPOILT: Final = {
    "good": N_("None of %(of)s records that were looked at has any."),
    "some": N_("%(count)s of %(of)s records have some: %(text)s"),
}


def _term(name: str) -> Spec:
    return Spec(f"DCMI terms, {name}", f"{_DC}#{name}")


WORDS: Final[dict[str, Words]] = {
    "readable": Words(
        N_("Records that can be read"),
        {
            "good": N_("All %(of)s records that were looked at can be read."),
            "some": N_("%(count)s of %(of)s records cannot be read: %(why)s (%(rule)s)"),
        },
        N_("What cannot be read cannot be found."),
        N_(
            "See below what was sent, and correct it where these records are edited, or in the conversion to the format."
        ),
        Spec("Dublin Core, ISO 19139", _DC),
    ),
    "title": Words(
        N_("Titles"),
        {
            "good": N_("All %(of)s records that were looked at have a title of their own."),
            "same": N_("%(count)s of %(of)s records have the same title: %(title)s"),
        },
        N_("In a list of results, things with the same name cannot be told apart."),
        N_("Give each thing a title that tells it from the others: with year, place or part."),
        _term("title"),
    ),
    "link": Words(
        N_("The way to the thing itself"),
        _PRESENT,
        N_("Without an address, readers learn that a document exists, and cannot get it."),
        N_("Give the address of the thing, or of its page, as a whole URL or DOI."),
        _term("identifier"),
        {
            "dspace": N_(
                "DSpace: dc.identifier.uri holds the handle; check that handle.canonical.prefix is a whole address."
            ),
            "geonetwork": N_("GeoNetwork: add online resources, in the section Distribution."),
            "ojs": N_("OJS: publish the article page or a DOI: Settings › Distribution."),
        },
    ),
    "date": Words(
        N_("Dates of the things"),
        {
            **_PRESENT,
            "odd": N_("%(count)s of %(of)s records have a date that no machine understands: %(text)s"),
        },
        N_("Readers look for what is new, or for a year; without a date nothing is found so."),
        N_("Write dates as 2026, 2026-11 or 2026-11-28."),
        Spec("W3CDTF", "https://www.w3.org/TR/NOTE-datetime"),
    ),
    "language": Words(
        N_("The language of the things"),
        {**_PRESENT, "odd": N_("%(count)s times the language is no code, but for example %(value)s.")},
        N_("Readers of six languages look for what they can read."),
        N_("Give the language as a code: en, fr, es, ar, ru, zh."),
        _term("language"),
        {"dspace": N_("DSpace: dc.language.iso, with a list of values in the submission form.")},
    ),
    "text-language": Words(
        N_("The language of the titles"),
        {
            "good": N_("All %(of)s records that were looked at tell the language of their titles."),
            "untold": N_("%(count)s of %(of)s records do not tell the language of their titles."),
        },
        N_(
            "Where the language of a text is known, it is searched by its rules, and shown to those who read it."
        ),
        N_("Put xml:lang on titles and descriptions; in ISO records, gmd:language and gmd:locale."),
        Spec("XML 1.0, 2.12", "https://www.w3.org/TR/xml/#sec-lang-tag"),
    ),
    "rights": Words(
        N_("Rights"),
        _PRESENT,
        N_("Who does not know what is allowed will not use it."),
        N_(
            "Name a licence by its address, such as https://creativecommons.org/licenses/by/4.0/, for the whole collection if need be."
        ),
        _term("rights"),
        {
            "dspace": N_("DSpace: dc.rights.uri; a template of the collection sets it for all new items."),
            "geonetwork": N_("GeoNetwork: resource constraints; a batch edit sets them for all records."),
            "ojs": N_("OJS: Settings › Distribution › License."),
        },
    ),
    "type": Words(
        N_("Kinds"),
        _PRESENT,
        N_("Readers look for laws, plans, reports or training material, and not for anything at all."),
        N_("Say what kind of thing it is, by a list of values: report, legislation, guidelines, dataset."),
        _term("type"),
    ),
    "subject": Words(
        N_("Keywords"),
        _PRESENT,
        N_("Keywords are how a document is found whose title does not say what it is about."),
        N_("Give keywords, one in each element: the chemicals, the kinds of waste, the countries."),
        _term("subject"),
    ),
    "description": Words(
        N_("Summaries"),
        _PRESENT,
        N_("The summary is what readers choose by."),
        N_("Write two or three sentences on each thing."),
        _term("description"),
    ),
    "agent": Words(
        N_("Who made it"),
        _PRESENT,
        N_("Readers judge a document by who answers for it."),
        N_("Give the author, or the organisation that publishes it."),
        _term("creator"),
    ),
    "convention": Words(
        N_("The convention"),
        {
            "good": N_("All %(of)s records that were looked at name a convention."),
            "few": N_("%(count)s of %(of)s records name a convention."),
            "none": N_("None of %(of)s records that were looked at names a convention."),
        },
        N_("This catalogue is searched by convention: Basel, Rotterdam, Stockholm, Minamata."),
        N_("Add the name of the convention as a keyword, such as Stockholm Convention."),
        _term("subject"),
    ),
    "markup": Words(
        N_("HTML in texts"),
        _SPOILT,
        N_("Readers see the tags, or lose the words between them."),
        N_("Send plain text; take markup out where records are exported."),
        _term("description"),
        {"ojs": N_("OJS: the abstract is HTML; update the OAI plug-in, which takes it out.")},
    ),
    "mojibake": Words(
        N_("Spoilt letters"),
        _SPOILT,
        N_("A word with spoilt letters is never found."),
        N_(
            "Texts were encoded in UTF-8 twice. Correct the import or the connection to the database, then the records."
        ),
        Spec("RFC 3629", "https://www.rfc-editor.org/rfc/rfc3629"),
    ),
}
