"""The words of checks about the protocol, the dates and the clock."""

from __future__ import annotations

from typing import Final

from endpoint.check.words.wording import Spec, Words, oai
from endpoint.languages import N_

_REFUSALS: Final = {
    "good": N_("It refuses with %(code)s, as it should."),
    "status": N_(
        "It refuses with %(code)s, but with HTTP status %(status)s: errors of the protocol go with 200."
    ),
    "other-code": N_("It refuses with %(code)s; the protocol has %(wanted)s for this."),
    "accepted": N_("It does not refuse; the protocol has %(wanted)s for this."),
    "no-xml": N_("There is no %(wanted)s, but something that is no answer of the protocol: %(why)s"),
}
_ERRORS: Final = oai("3.6", "ErrorConditions")
_WHY_ERRORS: Final = N_(
    "A harvester decides by these codes whether to go on, to ask otherwise, or to give up."
)
_FIX_ERRORS: Final = N_(
    "Update the OAI-PMH module: its newer releases mostly answer rightly. If a proxy stands in front of it, let it pass error answers on unchanged."
)
_GUESS_XML: Final = N_(
    "Find the record in which the damage is and correct it where it is edited; mostly text was pasted from a word processor or a PDF."
)

WORDS: Final[dict[str, Words]] = {
    "identify": Words(
        N_("Who it is"),
        {
            "good": N_("It calls itself %(name)s."),
            "no-answer": N_("Identify gives no usable answer: %(why)s"),
            "missing": N_("Identify lacks what it has to say: %(names)s."),
            "version": N_("It speaks version %(version)s of the protocol, and not 2.0."),
        },
        N_("Every harvester asks this first, and many stop where the answer is not complete."),
        N_("Fill in the settings of the OAI-PMH interface: name, address, mail of the administrator."),
        oai("4.2", "Identify"),
        {
            "dspace": N_("DSpace: dspace.name, mail.admin and oai.url, in local.cfg; then restart."),
            "eprints": N_(
                "EPrints: the files oai.pl and adminemail.pl in the folder cfg/cfg.d of the archive."
            ),
            "ojs": N_("OJS: the section [oai] of config.inc.php, and Settings › Journal › Contact."),
            "geonetwork": N_(
                "GeoNetwork: Admin console › Settings: the catalogue's name, the organisation and the mail for feedback."
            ),
            "invenio": N_("Invenio: OAISERVER_REPOSITORY_NAME and OAISERVER_ADMIN_EMAILS."),
        },
    ),
    "base-url": Words(
        N_("Its own address"),
        {
            "good": N_("It names the address at which it was asked: %(told)s."),
            "other-host": N_("It names another machine, %(told)s; it was asked at %(asked)s."),
            "other-scheme": N_(
                "It names %(told)s; it was asked at %(asked)s: http and https are two addresses."
            ),
            "other-path": N_("It names %(told)s; it was asked at %(asked)s."),
        },
        N_("Catalogues register the address that it names; where that does not answer, they lose it."),
        N_(
            "Set the public address in its settings, and let the proxy pass on the name and the scheme that were asked for."
        ),
        oai("4.2", "Identify"),
        {
            "dspace": N_("DSpace: dspace.server.url and oai.url, in local.cfg."),
            "eprints": N_("EPrints: host, securehost and http_root, in the folder cfg/cfg.d of the archive."),
            "ojs": N_("OJS: base_url in config.inc.php."),
            "geonetwork": N_("GeoNetwork: Admin console › Settings › Server: host, protocol and port."),
            "dataverse": N_("Dataverse: the JVM option dataverse.siteUrl."),
        },
    ),
    "contact": Words(
        N_("Somebody to write to"),
        {
            "good": N_("It can be written to: %(told)s."),
            "no-mail": N_("What it gives as a mail address is none: %(told)s."),
            "nobody": N_("The mail address is one that installers leave behind: %(told)s."),
        },
        N_("When something breaks, this is the only way to tell the people who can mend it."),
        N_("Set the administrator's mail to one that is read, better that of a function than of a person."),
        oai("4.2", "Identify"),
        {
            "dspace": N_("DSpace: mail.admin, in local.cfg."),
            "eprints": N_("EPrints: adminemail.pl, in the folder cfg/cfg.d of the archive."),
            "invenio": N_("Invenio: OAISERVER_ADMIN_EMAILS."),
            "dataverse": N_("Dataverse: the setting :SystemEmail."),
        },
    ),
    "bad-verb": Words(N_("A question that there is not"), _REFUSALS, _WHY_ERRORS, _FIX_ERRORS, _ERRORS),
    "bad-format": Words(N_("A format that there is not"), _REFUSALS, _WHY_ERRORS, _FIX_ERRORS, _ERRORS),
    "bad-identifier": Words(N_("A record that there is not"), _REFUSALS, _WHY_ERRORS, _FIX_ERRORS, _ERRORS),
    "well-formed": Words(
        N_("Well-formed XML"),
        {
            "good": N_("All %(of)s answers are well-formed."),
            "unreadable": N_("%(count)s of %(of)s answers cannot be read: %(why)s"),
            "repaired": N_(
                "%(count)s of %(of)s answers had to be mended before they could be read: %(names)s."
            ),
        },
        N_(
            "One damaged record makes a whole page unreadable for most harvesters, and the records beside it are lost."
        ),
        _GUESS_XML,
        Spec("XML 1.0, 2.1", "https://www.w3.org/TR/xml/#sec-well-formed"),
        {
            "dspace": N_(
                "DSpace: correct the item, then run bin/dspace oai import -c; newer releases leave such characters out."
            ),
            "eprints": N_(
                "EPrints: correct the item, then regenerate its views; check for control characters in abstracts."
            ),
            "ojs": N_(
                "OJS: correct the abstract in its source view; it often has pasted markup or control characters in it."
            ),
            "dataverse": N_(
                "Dataverse: correct the dataset, then re-export it: /api/admin/metadata/reExportAll."
            ),
        },
    ),
    "encoding": Words(
        N_("Characters"),
        {
            "good": N_("Everything is in UTF-8, and says so."),
            "wrong": N_("It says UTF-8, and is not (%(what)s)."),
            "other": N_("It is in %(declared)s; the protocol asks for UTF-8."),
            "disagrees": N_("The header says %(charset)s, and the document %(declared)s."),
        },
        N_("Letters with accents, Arabic, Chinese and Russian become unreadable and cannot be found."),
        N_(
            "Send UTF-8, and say so in both places: Content-Type: text/xml; charset=UTF-8. Check the encoding of the database and of its connection."
        ),
        oai("3.2", "XMLResponse"),
    ),
    "media-type": Words(
        N_("The type of its answers"),
        {
            "good": N_("XML is sent as %(type)s."),
            "other": N_("XML is sent as %(type)s."),
        },
        N_("Some clients and proxies refuse XML, or change it, where it is called something else."),
        N_("Send Content-Type: text/xml."),
        oai("3.1.2", "HTTPResponseFormat"),
    ),
    "clock": Words(
        N_("Its clock"),
        {
            "good": N_("Its clock is right."),
            "form": N_("Its clock is right, and written in a way that the protocol does not have: %(told)s."),
            "missing": N_("It does not say what time it is: responseDate is missing."),
            "nonsense": N_("What it gives as the time is none: %(told)s."),
            "ahead": N_("Its clock is ahead by %(apart)s (%(told)s)."),
            "behind": N_("Its clock is behind by %(apart)s (%(told)s)."),
        },
        N_(
            "Harvesters come back with this time: where it runs ahead, they never see what was changed meanwhile."
        ),
        N_("Let the server's clock follow a time server (NTP), and check that the time is given in UTC."),
        oai("3.2", "XMLResponse"),
    ),
    "earliest": Words(
        N_("Where its list begins"),
        {
            "good": N_("Its list begins on %(told)s, and nothing older was seen."),
            "nonsense": N_("What it gives as earliestDatestamp is no date: %(told)s."),
            "later": N_("It says that its list begins on %(told)s, and there are records of %(oldest)s."),
        },
        N_("A harvester that begins where it is told to never asks for what is older."),
        N_("Set earliestDatestamp to the oldest datestamp, or to a date before it."),
        oai("4.2", "Identify"),
        {
            "dspace": N_("DSpace: run bin/dspace oai import -c, which counts it anew."),
            "dataverse": N_("Dataverse: update it: some releases gave the time at which the server began."),
        },
    ),
    "granularity": Words(
        N_("How fine its dates are"),
        {
            "good": N_("Its dates are fine to the second."),
            "days": N_(
                "Its dates are whole days: what is changed later on the same day is found a day late."
            ),
            "nonsense": N_("What it gives as granularity is none that the protocol has: %(told)s."),
            "not-utc": N_("It says %(told)s, and gives datestamps such as %(found)s."),
            "mixed": N_("It says %(told)s, and some datestamps are days, some seconds."),
            "misdeclared": N_("It says %(told)s, and gives datestamps in %(found)s."),
        },
        N_("A harvester asks in this form; in another it is refused, or gets too little."),
        N_(
            "Declare the form that the datestamps have; seconds (YYYY-MM-DDThh:mm:ssZ) where the software can."
        ),
        oai("3.3", "Dates"),
    ),
    "seconds": Words(
        N_("Asked to the second"),
        {
            "good": N_("It takes dates in seconds, as it says."),
            "refused": N_("It says seconds, and refuses them: %(why)s"),
            "failed": N_("Asked in seconds, it gives no usable answer: %(why)s"),
            "empty": N_("Asked for %(asked)s, the very second of a record, it finds nothing."),
        },
        N_("Harvesters ask in the form that is declared; what is refused then is never harvested."),
        N_("Declare days, or take seconds in from and until."),
        oai("3.3.1", "Dates"),
    ),
    "selective": Words(
        N_("Asked for what has changed"),
        {
            "good": N_("It gives what lies between two dates, and nothing else (%(count)s times)."),
            "refused": N_("It refuses dates: %(why)s"),
            "ignored": N_(
                "Asked for %(asked)s, it gave %(count)s records from outside, such as one of %(datestamp)s."
            ),
            "later-pages": N_(
                "The first page keeps to the dates that were asked for; later ones do not (%(count)s records, such as one of %(datestamp)s)."
            ),
        },
        N_(
            "Without this, every harvest has to take the whole list: that costs both sides hours, and news comes late."
        ),
        N_(
            "Use datestamps of the records themselves for from and until, and keep both in the resumptionToken. Rebuild the index of the OAI-PMH module; if it stays so, update it."
        ),
        oai("2.7.1", "SelectiveHarvestingandDatestamps"),
        {
            "dspace": N_("DSpace: run bin/dspace oai import each night: its index is what is searched."),
            "pycsw": N_("pycsw: it compares with the date of the resource; harvest it over CSW instead."),
        },
    ),
    "whole-day": Words(
        N_("A day to its end"),
        {
            "good": N_("Asked for %(day)s, it gives the records of that day."),
            "broken": N_("Asked from %(day)s until %(day)s, it leaves out records of that very day."),
        },
        N_("Harvesters that ask day by day lose what was changed after midnight."),
        N_("Take until as the last second of the day: both ends are part of the range."),
        oai("2.7.1", "SelectiveHarvestingandDatestamps"),
    ),
    "future": Words(
        N_("Dates in the future"),
        {
            "good": N_("No record was changed later than now."),
            "some": N_("%(count)s of %(of)s records are dated in the future, the last %(newest)s."),
        },
        N_("Such records are listed again and again, or never."),
        N_(
            "The datestamp is when the record was changed, not the date of the document. Save these records again after the clock has been set right."
        ),
        oai("2.5", "Record"),
    ),
    "datestamps": Words(
        N_("Dates of change"),
        {
            "good": N_("The %(of)s records that were seen were changed on %(days)s different days."),
            "same": N_("All %(of)s records that were seen have the same datestamp, %(datestamp)s."),
            "missing": N_("%(count)s of %(of)s records have no datestamp."),
        },
        N_(
            "A harvester sees by this what is new; where all have the same moment, everything looks new at once."
        ),
        N_(
            "Keep the datestamps of records when you move or re-index them; only a change of a record changes its datestamp."
        ),
        oai("2.7.1", "SelectiveHarvestingandDatestamps"),
        {
            "dspace": N_(
                "DSpace: use bin/dspace oai import without -c, which keeps the datestamps of what has not changed."
            )
        },
    ),
}
