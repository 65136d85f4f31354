"""Which records of different nodes are copies of one thing: keys and comparisons. Pure functions.

The ladder, the surest first: the same identifier of the item or of its metadata; where an aggregator
says it has it from; DOI, Handle, UUID; document symbol, ISBN and address, where the titles are alike too;
last the title, with year and publisher or author. Two records are compared only where they share a key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urlsplit

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from catalogue import identifiers
from catalogue.cluster import Copy, Match, Rule
from catalogue.record import Record

#: Prefixes that are nobody's: DSpace's before it is configured, and DataCite's for tests.
_NOBODYS: Final = ("123456789/", "10.5072/")
#: Values in one scheme that a record may have before they are taken for a list of something else.
_MOST_VALUES: Final = 5
_MOST_TITLES: Final = 3
_SHORTEST_NAME: Final = 3
_LONGEST_NAME: Final = 1000
#: A title says enough with so many words and characters in them; an ideograph counts thrice.
_WORDS, _CHARACTERS = 3, 15
#: Above this, two names of a publisher or of an author are one.
_ONE_NAME: Final = 88.0
#: Above this, titles that share an identifier are alike.
_ALIKE: Final = 80.0
_LONG_WORD: Final = 8
_SCORES: Final = {
    Rule.IDENTIFIER: 1.0,
    Rule.PROVENANCE: 1.0,
    Rule.DOI: 0.99,
    Rule.HANDLE: 0.99,
    Rule.UUID: 0.99,
    Rule.UN_SYMBOL: 0.95,
    Rule.ISBN: 0.95,
    Rule.ADDRESS: 0.9,
}
#: What may be said of two titles that differ in nothing else.
_BY_TITLE: Final = 0.9
#: Rules that need titles that are alike beside them.
_WITH_TITLE: Final = frozenset({Rule.UN_SYMBOL, Rule.ISBN, Rule.ADDRESS})
#: Identifiers of which a thing has one: where two records have others, they are not the same.
_EXCLUSIVE: Final = frozenset({Rule.DOI, Rule.UN_SYMBOL, Rule.ISBN})
_RULES: Final = {"doi": Rule.DOI, "handle": Rule.HANDLE, "isbn": Rule.ISBN, "uuid": Rule.UUID}
_NORMAL: Final = {
    Rule.DOI: identifiers.doi,
    Rule.HANDLE: identifiers.handle,
    Rule.ISBN: identifiers.isbn,
    Rule.UUID: identifiers.uuid,
}

_WORD: Final = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_ASCII_WORD: Final = re.compile(r"[a-z0-9]+")
_IDEOGRAPH: Final = re.compile(r"[\u3400-\u9fff]")
#: Words that titles gain and lose without becoming others. No letter alone, which may number an annex; no
#: "en", which may say that this is the English one.
_FILLERS: Final = frozenset(
    {
        "an", "and", "by", "for", "from", "in", "of", "on", "the", "to", "with",
        "au", "aux", "de", "des", "du", "et", "la", "le", "les", "pour", "sur", "un", "une",
        "da", "das", "del", "do", "dos", "el", "las", "los", "para", "por", "und", "der", "die",
    }
)  # fmt: skip


def keys_of(
    record: Record, *, source_identifier: str, origins: Iterable[tuple[str, str]] = ()
) -> tuple[int, ...]:
    """The keys of a record, numbers of 64 bits: records that share none are never compared.

    Args:
        record: what it says.
        source_identifier: what its source calls it.
        origins: (base URL, identifier) of the harvests that it has behind it.
    """
    texts = [f"name {name}" for name in _names(record, source_identifier, origins)]
    texts += [f"{rule} {value}" for rule, value in _identifying(record)]
    numbers = {_number(text) & ~1 for text in texts}
    year = _year(record)
    for title in _titles(record) if year else ():
        numbers.update(_title_keys(title, year))
    return tuple(numbers)


def _number(text: str) -> int:
    return int.from_bytes(
        blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True
    )


def compare(one: Copy, other: Copy) -> Match | None:
    """Whether two records are copies of one thing, and why: by the surest rule that says so."""
    first, second = sorted((one, other), key=lambda copy: copy.member.record_id)
    found = _by_name(first, second) or _by_identifier(first, second) or _by_title(first, second)
    if found is None:
        return None
    rule, score, values = found
    return Match(first.member.record_id, second.member.record_id, rule, score, values)


Found = tuple[Rule, float, dict[str, Any]]


def _by_name(first: Copy, second: Copy) -> Found | None:
    """The same identifier of the item or of its metadata, or one that was harvested from the other."""
    if _came_from(first, second) or _came_from(second, first):
        told = first if first.member.origins else second
        return Rule.PROVENANCE, _SCORES[Rule.PROVENANCE], {"origins": [list(o) for o in told.member.origins]}
    names = _names_of(first) & _names_of(second)
    for name in sorted(names, key=lambda name: (not _is_unique(name), name)):
        # What is no identifier for all the world may be used by two nodes for two things.
        if _is_unique(name) or _titles_alike(first.record, second.record):
            return Rule.IDENTIFIER, _SCORES[Rule.IDENTIFIER], {"identifier": name}
    return None


def _by_identifier(first: Copy, second: Copy) -> Found | None:
    shared = set(_identifying(first.record)) & set(_identifying(second.record))
    for rule, value in sorted(shared, key=lambda found: (-_SCORES[found[0]], found)):
        if rule in _WITH_TITLE and not _titles_alike(first.record, second.record):
            continue
        if rule in _WITH_TITLE and _in_other_languages(first.record, second.record):
            continue
        return rule, _SCORES[rule], {str(rule): value}
    return None


def _by_title(first: Copy, second: Copy) -> Found | None:
    """The same title, year, and publisher or author, with nothing to say that they differ."""
    one, other = first.record, second.record
    if first.member.source_id == second.member.source_id:
        return None  # a source that lists two things takes them for two
    year = _year(one)
    if not year or year != _year(other) or _contradict(one, other):
        return None
    titles = next(
        (
            (a, b)
            for a in _titles(one)
            for b in _titles(other)
            if _says_enough(words(a)) and _same_words(words(a), words(b))
        ),
        None,
    )
    if not titles:
        return None
    agents = _agents_alike(one, other, "publisher") or _agents_alike(one, other, "creator")
    if not agents:
        return None
    names, alike = agents
    ratio = fuzz.token_sort_ratio(" ".join(words(titles[0])), " ".join(words(titles[1])))
    values: dict[str, Any] = {"titles": list(titles), "year": year, "agents": list(names)}
    values |= {"title_score": round(ratio, 1), "agent_score": round(alike, 1)}
    return Rule.TITLE, round(_BY_TITLE * ratio * alike / 10_000, 3), values


def _came_from(copy: Copy, home: Copy) -> bool:
    """Whether a copy says that it was harvested from where the other one is at home."""
    there = place_of(home.member.base_url), home.member.source_identifier
    return any((place_of(base_url), name) == there for base_url, name in copy.member.origins)


def place_of(url: str) -> str:
    """An address without what does not tell two apart: scheme, case of the host, query, slash at the end."""
    try:
        parts = urlsplit(url.strip())
        return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"
    except ValueError:
        return url


def _names_of(copy: Copy) -> set[str]:
    return set(_names(copy.record, copy.member.source_identifier, copy.member.origins))


def _names(record: Record, source_identifier: str, origins: Iterable[tuple[str, str]]) -> Iterator[str]:
    for sent in (source_identifier, record.metadata_identifier, *(name for _, name in origins)):
        name = sent.strip()
        if _SHORTEST_NAME <= len(name) <= _LONGEST_NAME:
            yield identifiers.uuid(name) or name


def _is_unique(name: str) -> bool:
    """Whether an identifier is one for all the world by its form: a UUID, an OAI identifier, a URI."""
    if name.startswith("oai:"):
        return identifiers.oai(name) is not None
    return bool(identifiers.uuid(name)) or identifiers.scheme(name) in {"uri", "doi", "handle"}


def _identifying(record: Record) -> list[tuple[Rule, str]]:
    """What names the resource itself: (rule, normal form), without what is nobody's or is a list."""
    found: dict[Rule, dict[str, None]] = {}
    for name in record.identifiers:
        rule = _RULES.get(name.scheme)
        if rule:
            value = _NORMAL[rule](name.value)
        elif name.scheme == "uri":
            rule, value = Rule.ADDRESS, _address(name.value)
        else:
            rule, value = Rule.UN_SYMBOL, identifiers.un_symbol(name.value) if "/" in name.value else ""
        if value and not value.startswith(_NOBODYS):
            found.setdefault(rule, {})[value] = None
    return [(rule, value) for rule, all_ in found.items() if len(all_) <= _MOST_VALUES for value in all_]


def _address(value: str) -> str:
    """A web address that leads to something of its own; its host alone names a whole site."""
    if not identifiers.web_address(value):
        return ""
    rest = value.strip().partition("://")[2].partition("#")[0].rstrip("/")
    host, _, path = rest.partition("/")
    return f"{host.lower().removeprefix('www.')}/{path}" if path else ""


def _year(record: Record) -> str:
    return record.date("issued", "date", "created", "available", "copyrighted")[:4]


def _titles(record: Record) -> list[str]:
    return [value for _, value in record.title.values[:_MOST_TITLES]]


@lru_cache(4096)
def words(title: str) -> tuple[str, ...]:
    """The words of a title in normal form: no case, no accents, no punctuation, no fillers."""
    if title.isascii():
        found = _ASCII_WORD.findall(title.lower())
    else:
        plain = unicodedata.normalize("NFKD", title).casefold()
        found = _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
    return tuple(word for word in found if word not in _FILLERS)


def _says_enough(title: Iterable[str]) -> bool:
    """Whether a title can be told from others: "Annual report 2019" cannot."""
    telling = [word for word in title if not word.isdigit()]
    weight = sum(3 if _IDEOGRAPH.match(word) else len(word) for word in telling)
    return len(telling) >= _WORDS and weight >= _CHARACTERS


@lru_cache(1024)
def _title_keys(title: str, year: str) -> tuple[int, ...]:
    """Two keys a title, each of one half of its words: one that is spelled otherwise leaves one as it is.

    They are odd: see `catalogue.cluster.between_sources`.
    """
    found = words(title)
    if not _says_enough(found):
        return ()
    stems = sorted(map(_stem, found))
    halves: tuple[list[str], list[str]] = ([], [])
    for word in stems:
        halves[ord(word[0]) & 1].append(word)
    # Half a title of one word would be shared by too many.
    texts = [" ".join(half if len(half) > 1 else stems) for half in halves]
    return tuple(_number(f"title {year} {text}") | 1 for text in texts)


def _stem(word: str) -> str:
    """A word without the commonest sign of its plural."""
    return word[:-1] if len(word) > _WORDS and word.endswith("s") else word


def _same_words(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two titles have the same words, in whatever order, one of them perhaps misspelled.

    A number never is; nor a short word, nor one that begins or ends otherwise: Iran is not Iraq,
    Gambia not Zambia, Iceland not Ireland.
    """
    if len(one) != len(other):
        return False
    left, right = list(map(_stem, one)), list(map(_stem, other))
    for word in tuple(left):
        if word in right:
            left.remove(word)
            right.remove(word)
    if not left:
        return True
    if len(left) > 1 or min(len(left[0]), len(right[0])) < _LONG_WORD:
        return False
    a, b = left[0], right[0]
    return a.isalpha() and b.isalpha() and a[0] == b[0] and a[-1] == b[-1] and OSA.distance(a, b) == 1


def _titles_alike(one: Record, other: Record) -> bool:
    """Whether any two titles are alike, and have the same numbers in them."""
    return any(
        fuzz.token_set_ratio(" ".join(a), " ".join(b)) >= _ALIKE and _numbers(a) == _numbers(b)
        for a in map(words, _titles(one))
        for b in map(words, _titles(other))
        if a and b
    )


def _numbers(title: Iterable[str]) -> list[str]:
    """Numbers, and the Roman numerals that number volumes."""
    return sorted(word for word in title if any(map(str.isdigit, word)) or not word.strip("ivx"))


def _contradict(one: Record, other: Record) -> bool:
    """Whether something says that two records with one title are about two things."""
    if _in_other_languages(one, other) or bool(one.service_type) != bool(other.service_type):
        return True
    mine, theirs = _identifying(one), _identifying(other)
    for rule in _EXCLUSIVE:
        a, b = ({value for found, value in all_ if found is rule} for all_ in (mine, theirs))
        if a and b and not a & b:
            return True
    return False


def _in_other_languages(one: Record, other: Record) -> bool:
    a, b = ({tag.partition("-")[0].lower() for tag in record.languages} for record in (one, other))
    return bool(a and b) and not a & b


def _agents_alike(one: Record, other: Record, role: str) -> tuple[tuple[str, str], float] | None:
    """Two agents in a role that are one, as both records name them."""
    roles = {"creator": ("creator", "author", "originator", "principalInvestigator")}.get(role, (role,))
    pairs = (
        ((a, b), fuzz.token_sort_ratio(" ".join(words(a)), " ".join(words(b))))
        for a in (agent.name.default for agent in one.agents_as(*roles))
        for b in (agent.name.default for agent in other.agents_as(*roles))
    )
    found = max(pairs, key=lambda pair: pair[1], default=None)
    return found if found and found[1] >= _ONE_NAME else None
