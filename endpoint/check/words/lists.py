"""The words of checks about formats, sets, deletions, lists and identifiers of OAI-PMH."""

from __future__ import annotations

from typing import Final

from endpoint.check.words.wording import Words, oai
from endpoint.languages import N_

_FLOW: Final = oai("3.5", "FlowControl")
_SETS: Final = oai("2.7.2", "SelectiveHarvestingandSets")

WORDS: Final[dict[str, Words]] = {
    "formats": Words(
        N_("Formats"),
        {
            "good": N_("It offers %(told)s; %(best)s tells most, and is the one to harvest."),
            "only-dc": N_("It offers no format that is richer than Dublin Core (%(told)s)."),
            "no-dc": N_("It does not offer oai_dc, which every repository must have (%(told)s)."),
            "none-read": N_("It offers no format that can be read here (%(told)s)."),
            "no-answer": N_("It does not say which formats it offers: %(why)s"),
        },
        N_(
            "The richer the format, the more can be searched: places, dates and roles are lost in Dublin Core."
        ),
        N_(
            "Switch oai_dc on, and a richer format beside it: ISO 19139 for maps and data, DataCite or qualified Dublin Core for documents."
        ),
        oai("3.4", "MetadataNamespaces"),
        {
            "dspace": N_(
                "DSpace: formats stand in config/crosswalks/oai/xoai.xml; qdc and datacite are there already."
            ),
            "eprints": N_(
                "EPrints: each export plug-in can be offered: oai.pl in the folder cfg/cfg.d of the archive."
            ),
            "ojs": N_("OJS: switch on the OAI metadata plug-ins under Settings › Website › Plugins."),
            "geonetwork": N_(
                "GeoNetwork: every schema that has a conversion is offered; keep the records in iso19139 or iso19115-3.2018."
            ),
        },
    ),
    "sets": Words(
        N_("Sets"),
        {
            "good": N_("It has %(count)s sets."),
            "none": N_("It has no sets."),
            "many": N_("It has very many sets (%(count)s and more)."),
            "no-answer": N_("ListSets gives no usable answer: %(why)s"),
            "odd-spec": N_(
                "%(count)s sets have characters in their setSpec that the protocol does not allow, such as %(spec)s."
            ),
            "nameless": N_("%(count)s of %(of)s sets have no name for people."),
        },
        N_(
            "With a set for what concerns the conventions, only that needs to be harvested, and readers are spared the rest."
        ),
        N_(
            "Make one set (collection, category, saved query) with what should be found here, with a name that people understand."
        ),
        _SETS,
        {
            "dspace": N_(
                "DSpace: communities and collections are sets; put the items in a collection of their own, or map them into one."
            ),
            "eprints": N_(
                "EPrints: custom sets are defined in oai.pl in the folder cfg/cfg.d of the archive."
            ),
            "ojs": N_("OJS: journals and their sections are sets."),
            "geonetwork": N_("GeoNetwork: categories are sets: Admin console › Settings › Categories."),
            "dataverse": N_("Dataverse: sets are saved searches: Dashboard › Harvesting Server."),
            "invenio": N_("Invenio: sets are searches: Administration › OAI-PMH sets."),
        },
    ),
    "one-set": Words(
        N_("One set by itself"),
        {
            "good": N_("Asked for the set %(spec)s, it gives that set."),
            "untold": N_(
                "Asked for the set %(spec)s, it gives records that do not say which sets they are in."
            ),
            "empty": N_("Asked for the set %(spec)s, it gives nothing, although there are records in it."),
            "ignored": N_("Asked for the set %(spec)s, it gave %(count)s records from outside of it."),
            "failed": N_("Asked for the set %(spec)s, it gives no usable answer: %(why)s"),
        },
        N_("Whoever wants one set and gets everything cannot tell what belongs here."),
        N_(
            "ListSets, the argument set and setSpec in the headers have to agree. Rebuild the index of the OAI-PMH module."
        ),
        _SETS,
    ),
    "unknown-set": Words(
        N_("A set that there is not"),
        {
            "good": N_("A set that there is not gives nothing."),
            "everything": N_(
                "A set that there is not gives %(count)s records: the argument set is not looked at."
            ),
        },
        N_("When a set is renamed, harvesters go on and take everything without noticing."),
        N_("Answer noRecordsMatch, or badArgument, where the set is unknown."),
        oai("3.6", "ErrorConditions"),
    ),
    "deletions": Words(
        N_("Deletions"),
        {
            "good": N_("It tells for ever what has been deleted (%(count)s were seen)."),
            "transient": N_("It tells for a while what has been deleted (%(count)s were seen)."),
            "no": N_("It does not tell what has been deleted."),
            "told-after-all": N_("It says that it does not tell deletions, and does (%(count)s were seen)."),
            "nonsense": N_("What it gives as deletedRecord is none that the protocol has: %(told)s."),
        },
        N_(
            "What is deleted with you is found elsewhere as long as nobody hears of it: then the whole list has to be compared each time."
        ),
        N_("Keep deleted records as deleted, and declare persistent."),
        oai("2.5.1", "DeletedRecords"),
        {
            "dspace": N_(
                "DSpace: withdraw items rather than expunge them: withdrawn ones are told as deleted."
            ),
            "eprints": N_(
                "EPrints: retire items (move them to the deletion workspace) rather than destroy them."
            ),
            "geonetwork": N_(
                "GeoNetwork: it keeps no deletions over OAI-PMH; we compare its whole list from time to time."
            ),
        },
    ),
    "tombstones": Words(
        N_("Records with something in them"),
        {
            "good": N_("All %(of)s records have an identifier, and metadata where they are not deleted."),
            "bare": N_(
                "%(count)s of %(of)s records have no identifier or no metadata, and are not marked as deleted."
            ),
        },
        N_("Such records cannot be taken, and whoever looks for them does not find them."),
        N_("Mark deleted records as deleted, and leave out what is private altogether."),
        oai("2.5", "Record"),
        {
            "dspace": N_(
                "DSpace: these are often items that are embargoed or whose index is old: bin/dspace oai import -c."
            )
        },
    ),
    "list": Words(
        N_("Its list of records"),
        {
            "good": N_("The first page has %(count)s records in %(format)s."),
            "empty": N_("The list in %(format)s is empty."),
            "first-empty": N_("The list is empty where no date is given, and has records where one is."),
            "first-failed": N_("The first page cannot be had, and others can: %(why)s"),
            "failed": N_("The list cannot be had: %(why)s"),
            "prefix-refused": N_("It refuses the metadataPrefix of a format that it offers."),
        },
        N_("Without the list there is nothing to harvest."),
        N_(
            "Look into the log of the server at the time of this check-up. Often one damaged record breaks the page that it is on, or the index is empty."
        ),
        oai("4.5", "ListRecords"),
        {
            "dspace": N_(
                "DSpace: run bin/dspace oai import -c, and look at its messages and at the log of Solr."
            ),
            "dataverse": N_("Dataverse: run the export of the set again: Dashboard › Harvesting Server."),
            "ojs": N_("OJS: OAI has to be on in config.inc.php, and under Settings › Distribution."),
        },
    ),
    "resumption": Words(
        N_("From page to page"),
        {
            "good": N_("%(pages)s pages were read, one behind the other."),
            "busy": N_("Page %(page)s was refused: too busy."),
            "failed": N_("Page %(page)s cannot be had: %(why)s"),
            "repeats": N_("A page hands out a token that was there before: the list goes round in a circle."),
            "same-page": N_("The second page is the first once more."),
            "needs-prefix": N_(
                "It goes on only where metadataPrefix is given with the token, which the protocol forbids."
            ),
            "verbatim": N_("Its tokens come percent-encoded, and are wanted back as they stand."),
        },
        N_("Where the list breaks off, most harvesters have only its beginning."),
        N_(
            "The token is opaque and has to be enough by itself. Check that it lives longer than a page takes to be read, and that a proxy leaves it unchanged."
        ),
        _FLOW,
        {
            "dspace": N_(
                "DSpace: look for the record on that page which cannot be written, in the log; then bin/dspace oai import -c."
            ),
            "pycsw": N_("pycsw: it wants metadataPrefix beside the token; harvest it over CSW instead."),
            "invenio": N_(
                "Invenio: OAISERVER_RESUMPTION_TOKEN_EXPIRE_TIME is a minute by default: set it to an hour or more."
            ),
            "geonetwork": N_(
                "GeoNetwork: Admin console › Settings › OAI Provider: raise the lifetime of the resumption token."
            ),
        },
    ),
    "same-token": Words(
        N_("The same page twice"),
        {
            "good": N_("The same token gave the same page again."),
            "refused": N_("A token that was used once is refused: %(why)s"),
            "differs": N_("The same token gave another page the second time."),
        },
        N_("Lines break: a harvester has to be able to ask for the last page again."),
        N_("Do not use tokens up: the last one has to go on working."),
        oai("3.5.1", "Idempotency"),
    ),
    "overlap": Words(
        N_("Each record once"),
        {
            "good": N_("None of %(of)s records came twice."),
            "twice": N_("%(count)s of %(of)s records came twice in one list."),
        },
        N_("Where pages overlap, others have gaps: records are missed."),
        N_("Sort the list by datestamp and identifier, so that its order is the same on each page."),
        _FLOW,
    ),
    "last-page": Words(
        N_("The end of the list"),
        {
            "good": N_("The last page says that it is the last."),
            "whole": N_("The whole list is on one page."),
            "empty": N_("The last token leads to an empty page."),
            "missing": N_("The last page has no empty resumptionToken."),
            "needless": N_("A list of one page has a resumptionToken."),
        },
        N_("A strict harvester takes this for a list that broke off, and begins again."),
        N_("The last page of a list has an empty resumptionToken; a list of one page has none."),
        _FLOW,
    ),
    "token-life": Words(
        N_("How long tokens live"),
        {
            "good": N_("A token lives for %(hours)s hours."),
            "short": N_("A token lives for %(minutes)s minutes."),
            "nonsense": N_("What it gives as expirationDate is no date: %(told)s."),
            "no-zone": N_("expirationDate does not say its time zone: %(told)s."),
        },
        N_("On a slow line, or when we are asked to wait, a short life ends the harvest in the middle."),
        N_("Let tokens live for a day, or do not let them expire at all."),
        _FLOW,
        {"invenio": N_("Invenio: OAISERVER_RESUMPTION_TOKEN_EXPIRE_TIME, in seconds.")},
    ),
    "cursor": Words(
        N_("The cursor"),
        {
            "good": N_("The cursor counts the records that came before."),
            "wrong": N_("The cursor says %(told)s where %(counted)s records came before."),
        },
        N_("Progress is shown wrongly, and checks for completeness fail."),
        N_("The cursor is the number of records before this page, 0 on the first."),
        _FLOW,
    ),
    "list-size": Words(
        N_("How many records"),
        {
            "good": N_("It says that there are %(told)s records, on every page."),
            "missing": N_("It does not say how many records there are."),
            "nonsense": N_("What it gives as completeListSize is no number: %(told)s."),
            "changes": N_("It says another number of records on each page: %(told)s."),
            "wrong": N_("It says that there are %(told)s records; %(counted)s were counted."),
        },
        N_("By this number we see whether a list came whole, and whether many records have vanished."),
        N_(
            "Give completeListSize, counted by the same query as the list; leave it out where it cannot be right."
        ),
        _FLOW,
    ),
    "page-size": Words(
        N_("The size of a page"),
        {
            "good": N_("A page has %(count)s records."),
            "small": N_("A page has only %(count)s records."),
            "large": N_("A page has %(count)s records."),
            "heavy": N_("A page has %(count)s records and %(megabytes)s MB."),
        },
        N_("Small pages make a harvest take long; large ones break off on poor lines."),
        N_("100 records to a page suit most."),
        _FLOW,
        {
            "dspace": N_("DSpace: maxListRecordsSize in config/crosswalks/oai/xoai.xml."),
            "ojs": N_("OJS: oai_max_records in config.inc.php."),
            "invenio": N_("Invenio: OAISERVER_PAGE_SIZE."),
            "geonetwork": N_("GeoNetwork: Admin console › Settings › OAI Provider."),
        },
    ),
    "empty-pages": Words(
        N_("Pages with nothing on them"),
        {
            "good": N_("No page inside the list is empty."),
            "some": N_("%(count)s of %(of)s pages inside the list are empty."),
        },
        N_("Many harvesters take an empty page for the end, and miss what lies behind it."),
        N_("Leave out private records before the list is cut into pages, and not after."),
        _FLOW,
    ),
    "identifiers": Words(
        N_("Identifiers"),
        {
            "good": N_("All identifiers are as they should be, such as %(first)s."),
            "missing": N_("%(count)s records have no identifier."),
            "no-uri": N_("%(count)s of %(of)s identifiers are no URIs, such as %(first)s."),
        },
        N_("By its identifier a record is known again; where it changes, everything is there twice."),
        N_("Use identifiers of the form oai:repository.example.org:1234, and never change them."),
        oai("2.4", "UniqueIdentifier"),
        {
            "dspace": N_("DSpace: oai.identifier.prefix in oai.cfg; set it once, and for good."),
            "ojs": N_("OJS: repository_id in config.inc.php; set it once, and for good."),
            "geonetwork": N_("GeoNetwork: it gives bare UUIDs; they are kept as they are."),
        },
    ),
    "get-record": Words(
        N_("A record by itself"),
        {
            "good": N_("GetRecord gives what the list gave (%(of)s times)."),
            "failed": N_("GetRecord fails for %(count)s of %(of)s records of the list: %(why)s"),
            "differs": N_("GetRecord gives another datestamp or state than the list."),
        },
        N_("Where a page breaks, this is how the records on it are saved."),
        N_("Lists and GetRecord have to read the same index. Rebuild it."),
        oai("4.1", "GetRecord"),
    ),
}
