"""The words of checks about CSW, and about lists of other protocols."""

from __future__ import annotations

from typing import Final

from endpoint.check.words.wording import CSW, CSW_CAPABILITIES, Spec, Words
from endpoint.languages import N_

_PYCSW_URL: Final = N_("pycsw: server.url in its configuration.")

WORDS: Final[dict[str, Words]] = {
    "capabilities": Words(
        N_("What it is"),
        {
            "good": N_("It speaks CSW %(version)s, and calls itself %(title)s."),
            "nameless": N_("It speaks CSW %(version)s, and has no title."),
            "no-answer": N_("GetCapabilities gives no usable answer: %(why)s"),
        },
        N_("Every client asks this first."),
        N_("Fill in the title, the abstract and the contact of the service."),
        CSW_CAPABILITIES,
        {
            "geonetwork": N_("GeoNetwork: Admin console › Settings › CSW."),
            "pycsw": N_("pycsw: metadata.identification.title in its configuration."),
        },
    ),
    "advertised": Words(
        N_("Addresses in the capabilities"),
        {
            "good": N_("The addresses in its capabilities are where it answers."),
            "elsewhere": N_("Its capabilities send clients to %(told)s; it was asked at %(asked)s."),
        },
        N_("Most clients go where the capabilities send them, and find nothing there."),
        N_("Set the public address of the server in its settings, and not the one behind the proxy."),
        CSW_CAPABILITIES,
        {
            "geonetwork": N_("GeoNetwork: Admin console › Settings › Server: host, protocol and port."),
            "pycsw": _PYCSW_URL,
            "geonode": N_("GeoNode: SITEURL, and the url of pycsw in its settings."),
        },
    ),
    "records": Words(
        N_("Its records"),
        {
            "good": N_("GetRecords by %(method)s gives records; %(matched)s match."),
            "none-given": N_("%(matched)s records match, and none is given."),
            "empty": N_("It has no records, or shows none to strangers."),
            "failed": N_("GetRecords fails: %(why)s"),
        },
        N_("Without records there is nothing to harvest."),
        N_(
            "Look into the log of the server at the time of this check-up; and check that the records are published for everybody."
        ),
        CSW,
        {"geonetwork": N_("GeoNetwork: give the group All the privilege Publish on the records.")},
    ),
    "csw-version": Words(
        N_("Versions of CSW"),
        {"one-only": N_("Records come in %(works)s only: in %(broken)s GetRecords fails: %(why)s")},
        N_("Most clients ask in the first version that a server says it speaks, and give up there."),
        N_("Mend GetRecords in that version; or say in the capabilities that only the other one is spoken."),
        CSW,
    ),
    "csw-method": Words(
        N_("GET and POST"),
        {
            "good": N_("It can be asked by %(methods)s."),
            "one-only": N_("It says that it can be asked by %(broken)s, and cannot: %(why)s"),
        },
        N_("Half of the clients know only one of the two ways."),
        N_(
            "Let the proxy and the firewall pass both, POST with a body of XML; or take the other out of the capabilities."
        ),
        CSW,
    ),
    "csw-schema": Words(
        N_("ISO records"),
        {
            "good": N_("It gives %(name)s."),
            "only-dc": N_("It gives only %(name)s."),
        },
        N_("Extent, contacts and languages are lost in Dublin Core."),
        N_(
            "Keep the records in ISO 19139, and offer it as an outputSchema: http://www.isotc211.org/2005/gmd."
        ),
        CSW,
        {"pycsw": N_("pycsw: add apiso to server.profiles in its configuration.")},
    ),
    "csw-sort": Words(
        N_("In order"),
        {
            "good": N_("It sorts when it is asked to."),
            "refused": N_("It does not sort: %(why)s"),
        },
        N_("Pages of a list that is in no order overlap, and leave records out."),
        N_("Let it sort by identifier; that needs an index on it."),
        CSW,
    ),
    "csw-matched": Words(
        N_("How many records"),
        {
            "good": N_("It says on every page that %(told)s records match."),
            "missing": N_("It does not say how many records match."),
            "changes": N_("It says another number on each page: %(told)s."),
            "too-many": N_("It says that %(told)s records match, and at that place there is none."),
        },
        N_("By this number we see whether a list came whole, and whether many records have vanished."),
        N_("Count by the same query as the list, after permissions have been looked at."),
        CSW,
    ),
    "csw-next": Words(
        N_("Where the next page is"),
        {
            "good": N_("nextRecord leads from page to page, and is 0 at the end."),
            "missing": N_("There is no nextRecord."),
            "wrong": N_("nextRecord says %(told)s where the next record is %(behind)s."),
            "beyond": N_("nextRecord says %(told)s at the end, of %(matched)s records; it should be 0."),
        },
        N_("Clients that follow it go round in circles, or stop too early."),
        N_(
            "nextRecord is the position of the first record that has not been given, and 0 where there is none."
        ),
        CSW,
    ),
    "csw-pages": Words(
        N_("From page to page"),
        {
            "good": N_("%(count)s pages from the whole list were read."),
            "failed": N_("The page at position %(start)s cannot be had: %(why)s"),
            "twice": N_("%(count)s records are on two pages."),
            "short": N_("A page has %(got)s records where %(asked)s were asked for."),
        },
        N_("Where one page fails, everything on it is lost; where pages overlap, others have gaps."),
        N_(
            "Where a page fails, mostly one record cannot be written as XML: look for it in the log at that"
            " position, and correct it. Where records are on two pages, startPosition is not heeded, or the"
            " pages have no order: sort by identifier."
        ),
        CSW,
        {
            "geonetwork": N_(
                "GeoNetwork: rebuild the index (Admin console › Tools), and validate the records on that page."
            )
        },
    ),
    "csw-filter": Words(
        N_("Asked for what has changed"),
        {
            "good": N_("It can be asked for what has changed since a date."),
            "none": N_("It has no queryable for the date of change."),
            "refused": N_("Asked for what has changed, it gives no usable answer: %(why)s"),
            "ignored": N_("Asked for what was changed in a year from now, it gives %(count)s records."),
        },
        N_(
            "Without this, every harvest has to take the whole list: that costs both sides hours, and news comes late."
        ),
        N_("Offer Modified as a queryable, and index it."),
        CSW,
    ),
    "csw-identifiers": Words(
        N_("Identifiers"),
        {
            "good": N_("All %(of)s records have an identifier."),
            "missing": N_("%(count)s of %(of)s records have no identifier."),
        },
        N_("By its identifier a record is known again; where it changes, everything is there twice."),
        N_("Give each record a gmd:fileIdentifier, and never change it."),
        CSW,
    ),
    "listed": Words(
        N_("Its list of records"),
        {
            "good": N_("%(count)s records were read."),
            "empty": N_("There are no records in it."),
            "failed": N_("The list cannot be had: %(why)s"),
        },
        N_("Without the list there is nothing to harvest."),
        N_("Open the address in a browser: what it shows is what a harvester gets."),
        Spec("OGC 20-004, DCAT-US 1.1", "https://docs.ogc.org/is/20-004r1/20-004r1.html"),
    ),
    "listed-faults": Words(
        N_("Every entry"),
        {
            "good": N_("All %(of)s entries that were seen can be read."),
            "page-failed": N_("A part of the list cannot be had: %(why)s"),
            "some": N_("%(count)s of %(of)s entries cannot be read: %(why)s"),
        },
        N_("What cannot be read cannot be found."),
        N_("Check these files with a validator, and replace them."),
        Spec("OGC 20-004, DCAT-US 1.1", "https://docs.ogc.org/is/20-004r1/20-004r1.html"),
    ),
}
