"""Languages: ISO 639 codes and names, and the BCP 47 tags that we use for them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

#: ISO 639-1, ISO 639-2/B, ISO 639-2/T (`-` where the same), English name; one language between commas.
_ISO_639: Final = """
aa aar - Afar, ab abk - Abkhazian, ae ave - Avestan, af afr - Afrikaans, ak aka - Akan, am amh - Amharic,
an arg - Aragonese, ar ara - Arabic, as asm - Assamese, av ava - Avaric, ay aym - Aymara,
az aze - Azerbaijani, ba bak - Bashkir, be bel - Belarusian, bg bul - Bulgarian, bi bis - Bislama,
bm bam - Bambara, bn ben - Bengali, bo tib bod Tibetan, br bre - Breton, bs bos - Bosnian, ca cat - Catalan,
ce che - Chechen, ch cha - Chamorro, co cos - Corsican, cr cre - Cree, cs cze ces Czech,
cu chu - Church Slavic, cv chv - Chuvash, cy wel cym Welsh, da dan - Danish, de ger deu German,
dv div - Divehi, dz dzo - Dzongkha, ee ewe - Ewe, el gre ell Greek, en eng - English, eo epo - Esperanto,
es spa - Spanish, et est - Estonian, eu baq eus Basque, fa per fas Persian, ff ful - Fulah, fi fin - Finnish,
fj fij - Fijian, fo fao - Faroese, fr fre fra French, fy fry - Western Frisian, ga gle - Irish,
gd gla - Gaelic, gl glg - Galician, gn grn - Guarani, gu guj - Gujarati, gv glv - Manx, ha hau - Hausa,
he heb - Hebrew, hi hin - Hindi, ho hmo - Hiri Motu, hr hrv - Croatian, ht hat - Haitian, hu hun - Hungarian,
hy arm hye Armenian, hz her - Herero, ia ina - Interlingua, id ind - Indonesian, ie ile - Interlingue,
ig ibo - Igbo, ii iii - Sichuan Yi, ik ipk - Inupiaq, io ido - Ido, is ice isl Icelandic, it ita - Italian,
iu iku - Inuktitut, ja jpn - Japanese, jv jav - Javanese, ka geo kat Georgian, kg kon - Kongo,
ki kik - Kikuyu, kj kua - Kuanyama, kk kaz - Kazakh, kl kal - Kalaallisut, km khm - Khmer, kn kan - Kannada,
ko kor - Korean, kr kau - Kanuri, ks kas - Kashmiri, ku kur - Kurdish, kv kom - Komi, kw cor - Cornish,
ky kir - Kirghiz, la lat - Latin, lb ltz - Luxembourgish, lg lug - Ganda, li lim - Limburgish,
ln lin - Lingala, lo lao - Lao, lt lit - Lithuanian, lu lub - Luba-Katanga, lv lav - Latvian,
mg mlg - Malagasy, mh mah - Marshallese, mi mao mri Maori, mk mac mkd Macedonian, ml mal - Malayalam,
mn mon - Mongolian, mr mar - Marathi, ms may msa Malay, mt mlt - Maltese, my bur mya Burmese,
na nau - Nauru, nb nob - Norwegian Bokmål, nd nde - North Ndebele, ne nep - Nepali, ng ndo - Ndonga,
nl dut nld Dutch, nn nno - Norwegian Nynorsk, no nor - Norwegian, nr nbl - South Ndebele, nv nav - Navajo,
ny nya - Chichewa, oc oci - Occitan, oj oji - Ojibwa, om orm - Oromo, or ori - Oriya, os oss - Ossetian,
pa pan - Panjabi, pi pli - Pali, pl pol - Polish, ps pus - Pashto, pt por - Portuguese, qu que - Quechua,
rm roh - Romansh, rn run - Rundi, ro rum ron Romanian, ru rus - Russian, rw kin - Kinyarwanda,
sa san - Sanskrit, sc srd - Sardinian, sd snd - Sindhi, se sme - Northern Sami, sg sag - Sango,
si sin - Sinhala, sk slo slk Slovak, sl slv - Slovenian, sm smo - Samoan, sn sna - Shona, so som - Somali,
sq alb sqi Albanian, sr srp - Serbian, ss ssw - Swati, st sot - Southern Sotho, su sun - Sundanese,
sv swe - Swedish, sw swa - Swahili, ta tam - Tamil, te tel - Telugu, tg tgk - Tajik, th tha - Thai,
ti tir - Tigrinya, tk tuk - Turkmen, tl tgl - Tagalog, tn tsn - Tswana, to ton - Tonga, tr tur - Turkish,
ts tso - Tsonga, tt tat - Tatar, tw twi - Twi, ty tah - Tahitian, ug uig - Uighur, uk ukr - Ukrainian,
ur urd - Urdu, uz uzb - Uzbek, ve ven - Venda, vi vie - Vietnamese, vo vol - Volapük, wa wln - Walloon,
wo wol - Wolof, xh xho - Xhosa, yi yid - Yiddish, yo yor - Yoruba, za zha - Zhuang, zh chi zho Chinese,
zu zul - Zulu
"""
#: Names in other languages, other English names, and codes that ISO 639 or IANA have withdrawn.
_OTHER_NAMES: Final = """
العربية ar, عربي ar, arabe ar, árabe ar, арабский ar, 阿拉伯文 ar, 中文 zh, 汉语 zh, 漢語 zh,
chinois zh, chino zh, китайский zh, mandarin zh, 英文 en, 英语 en, anglais en,
inglés en, ingles en, английский en, français fr, francais fr, francés fr,
французский fr, 法文 fr, русский ru, russe ru, ruso ru, 俄文 ru, español es, espanol es,
castellano es, castilian es, espagnol es, испанский es, 西班牙文 es, deutsch de,
allemand de, alemán de, немецкий de, português pt, portugues pt, portugais pt,
italiano it, italien it, nederlands nl, flemish nl, polski pl, čeština cs,
slovenčina sk, slovene sl, slovenščina sl, magyar hu, svenska sv, dansk da,
norsk no, suomi fi, türkçe tr, українська uk, ελληνικά el, 日本語 ja, 한국어 ko,
bahasa indonesia id, farsi fa, فارسی fa, kiswahili sw, kyrgyz ky, punjabi pa,
sinhalese si, moldavian ro, iw he, in id, ji yi, scr hr, scc sr, mol ro, mo ro,
cmn zh, pes fa, arb ar, zsm ms, swh sw
"""

_LANGUAGES: Final = tuple(
    (entry.split(None, 3)) for entry in (piece.strip() for piece in _ISO_639.split(",")) if entry
)
#: ISO 639-1 -> ISO 639-2/B, the code that ISO 19139 and most library software use.
BIBLIOGRAPHIC: Final[dict[str, str]] = {short: code for short, code, _, _ in _LANGUAGES}
#: ISO 639-1 -> ISO 639-2/T, which is ISO 639-3 too.
TERMINOLOGICAL: Final[dict[str, str]] = {
    short: code if other == "-" else other for short, code, other, _ in _LANGUAGES
}
#: ISO 639-1 -> English name.
ENGLISH_NAMES: Final[dict[str, str]] = {short: name for short, _, _, name in _LANGUAGES}

_TAGS: Final[dict[str, str]] = (
    {short: short for short in BIBLIOGRAPHIC}
    | {code: short for short, code, _, _ in _LANGUAGES}
    | {code: short for short, _, code, _ in _LANGUAGES if code != "-"}
    | {name.lower(): short for short, _, _, name in _LANGUAGES}
    | {
        name: short
        for name, _, short in (piece.strip().rpartition(" ") for piece in _OTHER_NAMES.split(","))
        if name
    }
)
#: RFC 5646, section 2.1, as much of it as `xs:language` asks for.
_WELL_FORMED: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
#: Subtags as people write them: `en_US`, `pt-br`, `zh-hant-TW`.
_SUBTAGS: Final = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})+)(?:\.[A-Za-z0-9-]+)?")


def tag_of(code_or_name: str) -> str:
    """The two-letter tag for an ISO 639 code or a name of a language; empty where we know none."""
    return _TAGS.get(code_or_name.lower(), "")


@lru_cache(maxsize=4096)
def bcp47(sent: str) -> str:
    """The BCP 47 tag for a language as sent: a code, a tag, a locale, a name or a URI of these.

    What is not understood is returned as it is: `Veryodd` stays `Veryodd`.
    """
    stripped = sent.strip()
    known = _TAGS.get(stripped) or _TAGS.get(stripped.lower())
    if known:
        return known
    parts = _SUBTAGS.fullmatch(stripped)
    if parts:
        primary = parts[1].lower()
        return (_TAGS.get(primary, primary)) + _cased(parts[2])
    # `eng; USA` and `eng;` (NOAA), `http://id.loc.gov/vocabulary/iso639-2/eng`, `#eng`
    last = re.split(r"[/#]", stripped.partition(";")[0].strip())[-1]
    return _TAGS.get(last.lower(), stripped)


def _cased(subtags: str) -> str:
    """Subtags in the case of RFC 5646, section 2.1.1: `-Hant-TW`; a script has four letters, a region two."""
    cased = []
    for subtag in re.split("[-_]", subtags)[1:]:
        if len(subtag) == 2:  # noqa: PLR2004 - a region
            cased.append(subtag.upper())
        elif len(subtag) == 4 and subtag.isalpha():  # noqa: PLR2004 - a script
            cased.append(subtag.capitalize())
        else:
            cased.append(subtag.lower())
    return "".join(f"-{subtag}" for subtag in cased)


def is_tag(text: str) -> bool:
    """Whether the text may stand in xml:lang (xs:language)."""
    return _WELL_FORMED.fullmatch(text) is not None


def iso639_2(tag: str) -> str:
    """The three-letter code (ISO 639-2/B) for a BCP 47 tag; the tag itself where there is none."""
    return BIBLIOGRAPHIC.get(tag.partition("-")[0], tag)


def terminological(tag: str) -> str:
    """The three-letter code (ISO 639-2/T) for a BCP 47 tag; empty where we know none."""
    return TERMINOLOGICAL.get(tag.partition("-")[0], "")
