"""What guards ask, in the reader's language: `catalogue.question` has the same sentences in English."""

from __future__ import annotations

from typing import Any, Final

from babel.numbers import format_percent

from catalogue.question import Answer, Question, Topic
from endpoint.languages import N_, Language, words
from endpoint.public.wording import Wording

_RENAMED: Final = N_(
    "%(label)s seems to have given its records new identifiers: %(renamed)s of the %(gone)s that are gone have the titles of new ones. Delete the %(gone)s under their old identifiers?"
)
_RECENT: Final = N_(
    "%(label)s had %(then)s records; %(recent)s of them have gone since %(since)s, a few at a time, and now %(gone)s more are to go. Delete these, too?"
)
_TOMBSTONES: Final = N_("%(label)s says that %(gone)s of its %(known)s records are deleted. Delete them?")
_NOTHING: Final = N_("%(label)s listed nothing where %(known)s records were known. Delete all %(gone)s?")
_FEWER: Final = N_(
    "%(label)s listed %(listed)s records where %(known)s were known. Delete the other %(gone)s?"
)
_LOSSES: Final = N_(
    "%(records)s of %(known)s records of %(label)s would lose what they had: %(lost)s. Take them as they are listed now?"
)
_FAULTS: Final = N_(
    "%(faulty)s of %(listed)s records that %(label)s listed could not be taken, where %(usual)s is usual. Their earlier versions stay. Is that as it should be?"
)
#: What each answer does, by what was asked about.
ANSWERS: Final = {
    Topic.DELETIONS: {
        Answer.KEEP: N_("Keep the records"),
        Answer.APPLY: N_("Delete them"),
        Answer.SAME: N_("They are the same records: keep their history"),
        Answer.ASK: N_("Write to the node first"),
    },
    Topic.LOSSES: {
        Answer.KEEP: N_("Keep them as they are"),
        Answer.APPLY: N_("Take them as listed"),
        Answer.ASK: N_("Write to the node first"),
    },
    Topic.FAULTS: {
        Answer.KEEP: N_("It is not: ask again"),
        Answer.APPLY: N_("It is as it should be"),
        Answer.ASK: N_("Write to the node first"),
    },
}


def asked(question: Question, label: str, language: Language) -> str:
    """A question in words."""
    say = words(language.tag).gettext
    said = Wording(language)
    facts = question.facts
    values = {name: _value(said, value) for name, value in facts.items()}
    values["label"] = f"\u2068{label}\u2069"
    if "usual" in facts:
        values["usual"] = format_percent(facts["usual"], "#,##0.#%", locale=language.tag)
    if isinstance(facts.get("lost"), dict):
        parts = (f"{what} ({said.number(count)})" for what, count in facts["lost"].items())
        values["lost"] = "\u2068" + ", ".join(parts) + "\u2069"
    return say(_sentence(question.topic, facts)) % values


def _value(said: Wording, value: Any) -> str:
    return said.number(value) if isinstance(value, int) else str(value)


def _sentence(topic: Topic, facts: dict[str, Any]) -> str:
    if topic is Topic.LOSSES:
        return _LOSSES
    if topic is Topic.FAULTS:
        return _FAULTS
    if facts.get("renamed", 0) * 2 >= facts["gone"]:
        return _RENAMED
    if "recent" in facts:
        return _RECENT
    if facts.get("tombstones", 0) * 2 >= facts["gone"]:
        return _TOMBSTONES
    return _FEWER if facts["listed"] else _NOTHING
