"""Whether its records can be found and used: read against what our catalogue makes of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from catalogue.record import UNDETERMINED, Record
from catalogue.vocabulary import vocabulary
from harvester.doctor.checks.verdict import Verdict, advice, blocking, check, good, problem
from harvester.doctor.observation import Observation, Understood
from harvester.doctor.records import link_of

#: Shares of records: below the first it is a problem, below the second advice.
_HALF, _MOST = 0.5, 0.9
_MARKUP: Final = re.compile(
    r"</?(?:p|br|i|b|em|strong|div|span|sub|sup|a|ul|li|jats:\w+)\b[^>]*>|&(?:[a-z]{2,8}|#\d+);",
    re.IGNORECASE,
)
#: UTF-8 that was taken for Windows-1252 and written as UTF-8 once more.
_MOJIBAKE: Final = re.compile(
    "[\u00c2-\u00c3][\u0080-\u00bf]|\u00e2\u20ac[\u2122\u0153\u009d\u201c\u201d\u02dc]|[\u00d0\u00d1][\u0080-\u00bf\u2018-\u203a]|\ufffd"
)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_SAME_TITLES: Final = 3


def _share(
    seen: Observation, has: Callable[[Record], bool], *, worst: Callable[..., Verdict] = problem
) -> Verdict | None:
    """How many records have something: good, advice, or what is worse."""
    read = [one for one in seen.records if one.record is not None]
    if not read:
        return None
    without = [one for one in read if one.record is not None and not has(one.record)]
    share = 1 - len(without) / len(read)
    told = {"count": len(without), "of": len(read)}
    if not without:
        return good(of=len(read))
    verdict = worst("missing", **told) if share < _HALF else advice("missing", **told)
    return (verdict if share < _MOST else advice("few-missing", **told)).showing(_names(without))


def _names(found: Iterable[Understood]) -> list[str]:
    return [one.item.identifier for one in found]


@check("readable")
def readable(seen: Observation) -> Verdict | None:
    """Every sampled record can be read."""
    if not seen.records:
        return None
    faulty = [one for one in seen.records if one.record is None]
    if not faulty:
        return good(of=len(seen.records))
    rules = Counter(one.rule or "?" for one in faulty)
    rule, _ = rules.most_common(1)[0]
    first = next(one for one in faulty if (one.rule or "?") == rule)
    told = {"count": len(faulty), "of": len(seen.records), "rule": rule, "why": first.message or "-"}
    verdict = blocking if len(faulty) == len(seen.records) else problem
    return verdict("some", **told).showing(_names(faulty))


@check("title")
def title(seen: Observation) -> Verdict | None:
    """Every record has a title of its own."""
    read = [one for one in seen.records if one.record is not None]
    if not read:
        return None
    titles = Counter(one.record.title.default.strip() for one in read if one.record is not None)
    common, count = titles.most_common(1)[0]
    if count >= _SAME_TITLES and count > len(read) / 10:
        same = [one for one in read if one.record is not None and one.record.title.default.strip() == common]
        return advice("same", count=count, of=len(read), title=common).showing(_names(same))
    return good(of=len(read))


@check("link")
def link(seen: Observation) -> Verdict | None:
    """A reader can get from the record to the thing itself."""
    return _share(seen, lambda record: bool(link_of(record)))


@check("date")
def dates(seen: Observation) -> Verdict | None:
    """Every record says when, in a form that a machine understands (W3CDTF, ISO 8601)."""
    read = [one for one in seen.records if one.record is not None and one.record.dates]
    odd = [one for one in read if one.record is not None and not any(date.value for date in one.record.dates)]
    if odd and odd[0].record is not None:
        text = odd[0].record.dates[0].text
        return problem("odd", count=len(odd), of=len(seen.read), text=text).showing(_names(odd))
    return _share(seen, lambda record: bool(record.dates), worst=advice)


@check("language")
def language(seen: Observation) -> Verdict | None:
    """Every record says in which language the thing is, by a code (BCP 47, ISO 639)."""
    odd = Counter(
        value for record in seen.read for value in record.languages if not _LANGUAGE.fullmatch(value)
    )
    if odd:
        value, _ = odd.most_common(1)[0]
        return advice("odd", count=odd.total(), value=value)
    return _share(seen, lambda record: bool(record.languages or record.metadata_language), worst=advice)


@check("text-language")
def text_language(seen: Observation) -> Verdict | None:
    """Titles say in which language they are (xml:lang), so that each reader gets his own."""
    if not seen.read:
        return None
    untold = [record for record in seen.read if _is_untold(record)]
    if not untold:
        return good(of=len(seen.read))
    return advice("untold", count=len(untold), of=len(seen.read))


def _is_untold(record: Record) -> bool:
    told = record.metadata_language or (record.languages if len(record.languages) == 1 else "")
    return record.title.default_language == UNDETERMINED and not told


@check("rights")
def rights(seen: Observation) -> Verdict | None:
    """Every record says what may be done with the thing."""
    return _share(seen, lambda record: bool(record.rights), worst=advice)


@check("type")
def types(seen: Observation) -> Verdict | None:
    """Every record says what kind of thing it is."""
    return _share(seen, lambda record: bool(record.types or record.service_type), worst=advice)


@check("subject")
def subjects(seen: Observation) -> Verdict | None:
    """Every record says what it is about, in keywords."""
    return _share(seen, lambda record: bool(record.subjects), worst=advice)


@check("description")
def descriptions(seen: Observation) -> Verdict | None:
    """Every record has a summary."""
    return _share(seen, lambda record: bool(record.descriptions), worst=advice)


@check("agent")
def agents(seen: Observation) -> Verdict | None:
    """Every record says who made it or answers for it."""
    return _share(seen, lambda record: bool(record.agents), worst=advice)


@check("convention")
def convention(seen: Observation) -> Verdict | None:
    """Records name the convention that they are about, which is what readers here look for."""
    if not seen.read:
        return None
    naming = sum(_names_a_convention(record) for record in seen.read)
    if naming == len(seen.read):
        return good(of=len(seen.read))
    return advice("few" if naming else "none", count=naming, of=len(seen.read))


def _conventions() -> re.Pattern[str]:
    labels = [label for term in vocabulary("conventions").values() for label in term.labels.values()]
    return re.compile("|".join(map(re.escape, labels)), re.IGNORECASE)


_CONVENTION: Final = _conventions()


def _names_a_convention(record: Record) -> bool:
    texts = [record.title, *record.descriptions, *(subject.label for subject in record.subjects)]
    return any(_CONVENTION.search(value) for text in texts for _, value in text.values)


@check("markup")
def markup(seen: Observation) -> Verdict | None:
    """Texts are texts: HTML in them is shown as it stands, or lost."""
    return _spoilt(seen, _MARKUP, advice)


@check("mojibake")
def mojibake(seen: Observation) -> Verdict | None:
    """Letters are what they were: UTF-8 that was encoded twice cannot be searched."""
    return _spoilt(seen, _MOJIBAKE, problem)


def _spoilt(seen: Observation, pattern: re.Pattern[str], worst: Callable[..., Verdict]) -> Verdict | None:
    read = [one for one in seen.records if one.record is not None]
    if not read:
        return None
    found = [(one, part) for one in read if (part := _first(one.record, pattern))]
    if not found:
        return good(of=len(read))
    told = {"count": len(found), "of": len(read), "text": found[0][1]}
    return worst("some", **told).showing(one.item.identifier for one, _ in found)


def _first(record: Record | None, pattern: re.Pattern[str]) -> str:
    if record is None:
        return ""
    texts = (record.title, *record.descriptions[:1])
    for text in texts:
        for _, value in text.values:
            match = pattern.search(value)
            if match:
                return value[max(0, match.start() - 20) : match.end() + 20]
    return ""
