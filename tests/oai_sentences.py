# ruff: noqa: E501 - a table is read best with each row on a line
"""Which of our tests shows each sentence of OAI-PMH 2.0, of its guidelines, and of what our feed promises beyond."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "conformance.md"
BEGIN, END = "<!-- oai-pmh-sentences: benchmarks/oai_conformance.py -->", "<!-- end of the sentences -->"
#: The sections of the specification that ask something of a repository.
SECTIONS: Final = (
    *("2.4", "2.5", "2.5.1", "2.6", "2.7.1", "2.7.2", "3.1.1", "3.1.2", "3.1.3", "3.2", "3.3", "3.4", "3.5"),
    *("3.5.1", "3.6", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "5"),
)

_FOLDERS: Final = {
    "feed": "tests/endpoint/oai_pmh",
    "conf": "tests/conformance/oai_pmh",
    "out": "tests/endpoint",
    "store": "tests/catalogue/store",
    "cat": "tests/catalogue",
    "in": "tests/harvester",
}


class Sentence(NamedTuple):
    """What has to hold, where it is done, and the tests that show it."""

    section: str
    holds: str
    done_in: str
    #: `folder/file::test`, folders by their short names.
    shown_by: tuple[str, ...]

    def tests(self) -> list[tuple[str, str]]:
        """File and function of each test."""
        found = []
        for one in self.shown_by:
            place, _, test = one.partition("::")
            folder, _, file = place.partition("/")
            found.append((f"{_FOLDERS[folder]}/{file}.py", f"test_{test}"))
        return found


def _said(lines: str) -> tuple[Sentence, ...]:
    """The sentences that a table has, a line each: section | what holds | where | tests."""
    found = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        section, holds, done_in, tests = (part.strip() for part in line.split("|"))
        found.append(Sentence(section, holds, done_in, tuple(tests.split())))
    return tuple(found)


SPECIFICATION: Final = _said("""
2.4 | an identifier is a URI, and names one item for ever | catalogue/oai_identifier.py | feed/test_arguments::identifiers_are_uris cat/test_identifiers::oai_identifier
2.4 | all records of an item, in whatever format, have its identifier | catalogue/store/lists/feed_sql.py | feed/test_specification::all_formats_of_an_item_have_its_identifier_and_datestamp
2.5 | a record is a header, metadata and about containers, in that order | catalogue/oai_record.py | conf/test_schema::answers_are_valid store/test_elements::what_stands_around_the_metadata
2.5 | the header has the identifier, the datestamp and the most specific sets | catalogue/oai_record.py | feed/test_verbs::get_record feed/test_sets::a_record_is_in_the_sets_of_its_concepts_and_above
2.5 | metadata are one element of one format, with its namespace and schema | catalogue/store/holdings/elements.py | feed/test_verbs::get_record conf/test_sickle::sickle_reads_everything_back
2.5 | about containers say whence a record is and what may be done with it | catalogue/provenance.py | feed/test_about::the_chain_stands_inside_our_own_description feed/test_about::a_statement_of_rights_is_passed_on
2.5.1 | `persistent`: deletions are told for ever, with the datestamp of the deletion | catalogue/store/holdings/writes.py | feed/test_lists::deletion_is_told_in_every_list
2.5.1 | a deleted record is a header with status, and nothing else, whoever asks for it | catalogue/oai_record.py | feed/test_verbs::a_deleted_record_is_its_header feed/test_specification::what_is_deleted_is_a_header_in_every_answer
2.5.1 | what is no more in a format is deleted in the lists of that format, and of no other | catalogue/store/holdings/writes.py | feed/test_specification::what_is_no_more_in_a_format_is_deleted_there_alone feed/test_mirrors::copies_end_as_the_catalogue_is
2.6 | sets are a hierarchy; who is in a set is in those above it | catalogue/sets.py | feed/test_sets::a_record_is_in_the_sets_of_its_concepts_and_above
2.6 | setSpec is of URI's unreserved characters, with colons between | catalogue/sets.py | feed/test_arguments::sets_of_illegal_syntax cat/test_sets::a_file_that_describes_no_hierarchy
2.6 | a set has a name, and may have a description | endpoint/oai_pmh/sets.py | feed/test_sets::a_set_is_described_in_the_languages_of_its_labels feed/test_sets::every_set_is_listed_those_with_records_first
2.7.1 | from and until are both included | endpoint/oai_pmh/arguments.py | feed/test_lists::from_and_until_are_inclusive conf/test_validator::the_official_checks
2.7.1 | from and until may be the same, day or second | endpoint/oai_pmh/arguments.py | feed/test_arguments::every_date_is_read_to_the_second
2.7.1 | both granularities are taken, but not mixed; from is not after until | endpoint/oai_pmh/arguments.py | feed/test_arguments::both_granularities feed/test_arguments::spans_that_are_none
2.7.1 | dates before the earliest datestamp and after now are no errors of syntax | endpoint/oai_pmh/verbs.py | feed/test_specification::dates_outside_of_the_catalogue
2.7.1 | whatever changes in a list gets a later datestamp, and none is ever changed back | catalogue/store/clock.py | store/test_clock::datestamps_never_run_backwards_when_the_clock_is_set_back feed/test_never_missed::harvests_amid_changes_end_with_the_catalogue
2.7.2 | a list of a set has what is in the set and below, and tells what has left | catalogue/store/holdings/memberships.py | feed/test_lists::leaving_a_set_is_told_in_that_set_only store/test_memberships::a_record_moves_between_sets
3.1.1 | GET and POST mean the same; POST is a form | endpoint/oai_pmh/address.py | feed/test_transport::post_is_get feed/test_transport::a_body_that_is_no_form
3.1.1 | arguments stand in any order, percent-encoded | endpoint/oai_pmh/address.py | feed/test_specification::arguments_have_no_order feed/test_transport::any_query_is_answered_in_the_protocol
3.1.2 | text/xml; errors of the protocol are 200; 503 says when to come back | endpoint/oai_pmh/address.py | feed/test_transport::it_is_xml feed/test_verbs::errors_repeat_the_arguments_unless_they_are_illegal out/transport/test_transport::a_busy_process_asks_for_patience_and_serves_again
3.1.3 | identity always; other codings for whoever asks, and Identify names them | endpoint/transport/encodings.py | out/transport/test_transport::a_page_is_sent_compressed_to_whom_asks_for_it out/transport/test_transport::identify_names_the_codings_that_are_honoured
3.2 | XML 1.0 in UTF-8, valid against OAI-PMH.xsd, which the root names | endpoint/oai_pmh/envelope.py | conf/test_schema::answers_are_valid conf/test_validator::the_official_checks
3.2 | the declaration comes first, then responseDate, request, and one element named for the verb, or errors | endpoint/oai_pmh/envelope.py | feed/test_specification::what_stands_first_in_every_answer
3.2 | metadata and about containers declare their namespaces and name their schemas themselves; RDF has no place for a schema's name | catalogue/rendering/__init__.py | feed/test_specification::metadata_stand_by_themselves cat/test_provenance::whatever_was_sent_the_container_is_valid
3.2 | request has the base URL and all arguments; none on badVerb and badArgument | endpoint/oai_pmh/envelope.py | feed/test_verbs::errors_repeat_the_arguments_unless_they_are_illegal feed/test_transport::what_is_repeated_is_valid
3.3 | dates are UTC, of the granularity that Identify names | catalogue/oai_record.py | feed/test_arguments::every_date_is_read_to_the_second feed/test_arguments::dates_that_are_none conf/test_validator::the_official_checks
3.4 | a metadataPrefix is of URI's unreserved characters, and oai_dc is among them | catalogue/formats.py | feed/test_arguments::bad_arguments feed/test_verbs::list_metadata_formats
3.5 | every part of a list but the last has a token; that of the last is empty | endpoint/oai_pmh/verbs.py | feed/test_lists::every_page_size_lists_everything_once
3.5 | a list of one part has no token | endpoint/oai_pmh/verbs.py | feed/test_lists::every_page_size_lists_everything_once feed/test_sets::a_list_of_sets_that_fits_has_no_token
3.5 | expirationDate, completeListSize and cursor are true | endpoint/oai_pmh/resumption.py | feed/test_lists::every_page_size_lists_everything_once feed/test_lists::the_size_of_a_list_is_counted_once_and_still_right
3.5 | a token means nothing to its reader, and has no character that a URL would have to encode | endpoint/oai_pmh/resumption.py | feed/test_specification::tokens_need_no_encoding
3.5 | a token stands alone, and is good for its own verb | endpoint/oai_pmh/resumption.py | feed/test_lists::tokens_of_others_and_of_other_verbs feed/test_resumption::a_token_of_another_verb_is_refused
3.5 | the parts together are the list, each entry once, whatever changes meanwhile | endpoint/oai_pmh/verbs.py | feed/test_lists::a_list_is_a_snapshot feed/test_mirrors::copies_end_as_the_catalogue_is
3.5.1 | the same token gives the same part, as long as it is good | endpoint/oai_pmh/resumption.py | feed/test_lists::the_same_token_gives_the_same_page_to_the_letter feed/test_lists::a_token_survives_another_process_and_page_size
3.6 | badArgument | endpoint/oai_pmh/arguments.py | feed/test_arguments::bad_arguments
3.6 | all that is wrong with the arguments is told, each by an error of its own | endpoint/oai_pmh/arguments.py | feed/test_specification::all_that_is_wrong_is_told
3.6 | badResumptionToken: junk, of others, changed, expired | endpoint/oai_pmh/resumption.py | feed/test_resumption::junk_is_refused feed/test_resumption::a_changed_token_is_refused feed/test_lists::an_old_token_has_expired
3.6 | badVerb | endpoint/oai_pmh/arguments.py | feed/test_arguments::bad_verbs
3.6 | cannotDisseminateFormat: of the repository, and of the item | endpoint/oai_pmh/verbs.py | feed/test_verbs::lists_in_an_unknown_format feed/test_verbs::a_format_that_only_some_records_have
3.6 | idDoesNotExist | endpoint/oai_pmh/verbs.py | feed/test_verbs::the_identifier_is_asked_for_before_the_format
3.6 | noRecordsMatch | endpoint/oai_pmh/verbs.py | feed/test_verbs::an_empty_catalogue_answers_too feed/test_specification::dates_outside_of_the_catalogue
3.6 | noMetadataFormats | endpoint/oai_pmh/verbs.py | feed/test_verbs::an_item_without_any_format_that_we_know
3.6 | noSetHierarchy is never needed: there are always sets | endpoint/oai_pmh/sets.py | feed/test_verbs::an_empty_catalogue_answers_too
4.1 | GetRecord | endpoint/oai_pmh/verbs.py | feed/test_verbs::get_record feed/test_specification::a_record_alone_is_as_in_its_list
4.2 | Identify: everything that must be, and no datestamp is before the earliest | endpoint/oai_pmh/identify.py | feed/test_verbs::identify feed/test_verbs::the_earliest_datestamp_is_that_of_any_list
4.3 | ListIdentifiers: the headers of ListRecords | endpoint/oai_pmh/verbs.py | feed/test_specification::headers_alone_are_those_of_the_records
4.4 | ListMetadataFormats, of the repository and of an item | endpoint/oai_pmh/verbs.py | feed/test_verbs::list_metadata_formats feed/test_on_demand::list_metadata_formats_says_what_a_record_has
4.5 | ListRecords | endpoint/oai_pmh/verbs.py | feed/test_lists::pages_on_both_databases conf/test_sickle::sickle_reads_everything_back conf/test_other_clients::others_read_everything_back
4.6 | ListSets, a page at a time | endpoint/oai_pmh/sets.py | feed/test_sets::every_set_is_listed_those_with_records_first feed/test_sets::the_same_token_gives_the_same_sets
5 | every item has oai_dc, valid against oai_dc.xsd | catalogue/rendering/oai_dc.py | cat/rendering/test_totality::every_rendition_is_valid feed/test_on_demand::every_record_is_in_every_list_in_its_order
""")

GUIDELINES: Final = _said("""
repositories 3 | a responseDate is never later than what may yet become visible | catalogue/store/clock.py | store/test_clock::an_answer_is_not_dated_later_than_a_page_that_it_cannot_see feed/test_never_missed::a_page_that_is_being_committed_holds_the_response_date_back
repositories 4 | setDescription as Dublin Core | endpoint/oai_pmh/sets.py | feed/test_sets::a_set_is_described_in_the_languages_of_its_labels
repositories 5 | all state is in the token; it outlives a restart, and reading on prolongs it | endpoint/oai_pmh/resumption.py | feed/test_resumption::what_is_sealed_is_opened feed/test_lists::a_token_survives_another_process_and_page_size
repositories 6 | 503 and 429 with Retry-After | endpoint/transport/limits.py | out/transport/test_transport::a_client_that_asks_too_often_is_told_when_to_come_back feed/test_transport::while_the_database_does_not_answer_clients_are_told_when_to_come_back
repositories 7 | gzip for whoever asks for it | endpoint/transport/answers.py | out/transport/test_encodings::what_is_coded_can_be_read_again
aggregators 3 | identifiers of our own, those of the source in the provenance | catalogue/oai_identifier.py | feed/test_verbs::a_record_shows_its_provenance
aggregators 4 | datestamps of our own | catalogue/store/clock.py | in/test_about::a_chain_that_changes_is_a_change_and_another_harvest_date_is_none
provenance | originDescription, nested by the harvests behind ours, and whether it was altered | catalogue/provenance.py | cat/test_provenance::whatever_was_sent_the_container_is_valid feed/test_about::the_chain_stands_inside_our_own_description
provenance | what has been with us is not taken again | catalogue/provenance.py | cat/test_provenance::a_record_that_has_been_with_us in/test_about::our_own_records_are_not_taken_again
rights | rightsReference | catalogue/oai_record.py | feed/test_about::a_statement_of_rights_is_passed_on
oai-identifier, eprints, friends, branding, toolkit | descriptions in Identify, each true | endpoint/oai_pmh/identify.py | feed/test_verbs::identify_describes_the_repository feed/test_verbs::identify_says_nothing_that_is_not_so
""")

PROMISES: Final = _said("""
never missed | who comes back with the last responseDate ends with the catalogue | catalogue/store/clock.py | feed/test_mirrors::copies_end_as_the_catalogue_is feed/test_never_missed::writers_in_processes_of_their_own
every page costs the same | a page is a range of an index | catalogue/store/lists/feed_sql.py | feed/test_plans::sqlite_scans_a_range_of_the_index feed/test_plans::postgresql_scans_a_range_of_the_index
sizes | counted, not estimated | catalogue/store/lists/sizes.py | store/test_counts::a_list_is_as_long_as_it_is_counted feed/test_mirrors::copies_end_as_the_catalogue_is
sets | from data, in six languages; a changed file is applied | catalogue/sets.py | cat/test_sets::our_own_hierarchy_has_what_is_promised feed/test_sets::a_changed_hierarchy_is_listed_at_once_and_what_was_stays
formats | what was sent in a format is served in it to the byte | catalogue/store/holdings/elements.py | feed/test_verbs::a_format_that_only_some_records_have conf/test_sickle::sickle_reads_everything_back
formats | every format that we write is valid | catalogue/rendering/__init__.py | cat/rendering/test_totality::every_rendition_is_valid cat/rendering/test_datacite::all_of_it_is_valid cat/rendering/test_totality::every_dcat_is_rdf_that_says_what_dcat_ap_asks_for
on the wire | ETag, 304, HEAD, keep-alive | endpoint/transport/answers.py | out/transport/test_transport::what_a_client_has_already_is_not_sent_again out/transport/test_transport::head_tells_what_get_would_say out/transport/test_transport::one_connection_serves_a_whole_harvest
limits | by client, not on loopback | endpoint/transport/limits.py | out/transport/test_transport::loopback_is_not_counted
for people | every answer can be walked in a browser, in six languages | endpoint/oai_pmh/browsing.py | out/test_pages::every_answer_can_be_shown out/test_pages::a_list_can_be_walked_to_its_end_in_the_browser out/test_pages::every_page_is_in_every_language
for people | the feed page has addresses to copy and live counts | endpoint/public/pages.py | out/test_pages::the_feed_page_has_live_counts_and_addresses_to_copy
dumps | whole and in deltas, with checksums, valid; the mirror of thirty lines stays in step | endpoint/dump/writer.py | out/dump/test_dumps::a_delta_tells_what_has_changed_and_nothing_is_left_out out/dump/test_dumps::its_xml_is_a_valid_answer out/dump/test_dumps::the_mirror_of_the_documentation_stays_in_step
clients | visits, sets, formats, errors and incomplete lists, as a page and an API | endpoint/clients/router.py | out/clients/test_clients::what_clients_do_is_counted out/clients/test_clients::page_and_api_tell_networks_and_not_addresses
""")


@cache
def functions_of(file: str) -> frozenset[str]:
    """The functions that a file has."""
    made = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(found.name for found in made.body if isinstance(found, ast.FunctionDef))


def table() -> str:
    """What docs/conformance.md has of the sentences."""
    parts = []
    for heading, sentences in (
        ("section", SPECIFICATION),
        ("guidelines for", GUIDELINES),
        ("beyond", PROMISES),
    ):
        lines = [f"| {heading} | what holds | where | shown by |", "|---|---|---|---|"]
        for one in sentences:
            shown = ", ".join(f"`{Path(file).stem}::{test}`" for file, test in one.tests())
            lines.append(f"| {one.section} | {one.holds} | `{one.done_in}` | {shown} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)
