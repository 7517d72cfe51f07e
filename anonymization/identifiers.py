"""Reads identifiers of people and organisations: canonical form when valid, nothing when not.

Every kind has one reader from text to canonical form. A reader normalizes first (full-width
forms, blanks, separators, letter case), then checks layout and check digit; it never ties the
county of a citizen number to the birth date, because counties change and numbers do not.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

# GB/T 2260 provinces; 81-83 are the residence permits for Hong Kong, Macao and Taiwan people.
PROVINCES: Final = frozenset(
    (
        *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55),
        *range(61, 66), 71, *range(81, 84),
    )
)  # fmt: skip
CITIZEN_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CITIZEN_CHECKS: Final = "10X98765432"
CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
VEHICLE_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

MOBILE: Final = r"1(?:3[0-9]|4[5-9]|5[0-35-9]|6[25-7]|7[0-8]|8[0-9]|9[0-35-9])[0-9]{8}"
# Card numbers begin with the number of a scheme or of an old issuer; Luhn alone passes one in ten.
BANK_HEADS: Final = (
    r"(?:62[0-9]{14,17}|4[0-9]{15}(?:[0-9]{3})?|5[1-5][0-9]{14}|3[47][0-9]{13}|35[2-8][0-9]{13}"
    r"|9558[0-9]{15}|60[0-9]{14,17}|69[0-9]{14,17}|94[0-9]{14,17})"
)
PROVINCE_SIGNS: Final = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
PLATE: Final = (
    f"[{PROVINCE_SIGNS}][A-HJ-NP-Z](?:[A-HJK][A-HJ-NP-Z0-9][0-9]{{4}}|[0-9]{{5}}[A-HJK]"
    "|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳])"
)
# Old passports G, ordinary E, diplomatic, service and public affairs.
PASSPORT: Final = r"(?:E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|(?:DE|SE|PE)[0-9]{7})"
EMAIL: Final = r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}"
_LANDLINE = r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}"
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−·•.]+")


def read(kind: str, text: str, *, today: date | None = None, strict: bool = False) -> str | None:
    """The canonical form of an identifier of this kind, or None when the text is none.

    `today` bounds birth dates (by default the day of the call); `strict` also wants the
    organisation code inside a credit code to pass its own check. Unknown kinds: KeyError.
    """
    if kind in _DATED:
        return _DATED[kind](folded(text), today or date.today())  # noqa: DTZ011  # a civil date
    if kind == "uscc":
        return _credit(_joined(text), strict)
    return _READERS[kind](text)


def kinds() -> tuple[str, ...]:
    """Every kind there is a reader for."""
    return (*_DATED, "uscc", *_READERS)


def classify(text: str, *, today: date | None = None) -> str | None:
    """The one kind a text is by its check digits and layout alone; None when nothing decides.

    A credit code of digits only and a citizen number are both 18 digits: no credit code has a
    birth date where the number has one, so the number is tried first and the code after it.
    """
    order = ("citizen_id", "uscc", "vin", "bank_card", "mobile", "landline", "plate", "email")
    more = ("ipv4", "ipv6", "mac", "lnglat", "real_estate_unit")
    return next((kind for kind in (*order, *more) if read(kind, text, today=today)), None)


def folded(text: str) -> str:
    """Text without its disguises: compatibility forms, invisible characters, outer blanks."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()


def _joined(text: str) -> str:
    return _SEPARATORS.sub("", folded(text)).upper()


# --- citizens -------------------------------------------------------------------------------


def _citizen(text: str, today: date) -> str | None:
    """GB 11643-1999: region, birth date, order number, ISO 7064 MOD 11-2 check character."""
    number = _SEPARATORS.sub("", text).upper()
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number) or int(number[:2]) not in PROVINCES:
        return None
    born = _day(number[6:14])
    if born is None or not date(1900, 1, 1) <= born <= today:
        return None
    return number if citizen_check(number) == number[17] else None


def citizen_check(number: str) -> str:
    """The check character that belongs to the first 17 digits of a citizen number."""
    total = sum(int(digit) * weight for digit, weight in zip(number, CITIZEN_WEIGHTS, strict=False))
    return CITIZEN_CHECKS[total % 11]


def _old_citizen(text: str, today: date) -> str | None:
    """The 15-digit form given out until 1999, as the 18-digit number of the same person."""
    number = _SEPARATORS.sub("", text)
    if not re.fullmatch(r"[1-9][0-9]{14}", number) or int(number[:2]) not in PROVINCES:
        return None
    longer = number[:6] + "19" + number[6:]
    return longer + citizen_check(longer) if _day(longer[6:14]) else None


def _foreigner(text: str, today: date) -> str | None:
    """Card of a foreigner with permanent residence: 3 letters and 12 digits, or 18 digits 9…."""
    number = _SEPARATORS.sub("", text).upper()
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return number
    if not re.fullmatch(r"9[0-9]{16}[0-9X]", number) or _day(number[6:14]) is None:
        return None
    return number if citizen_check(number) == number[17] else None


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


# --- organisations --------------------------------------------------------------------------


def _credit(code: str, strict: bool) -> str | None:
    """GB 32100-2015: register, region, organisation code, check character modulo 31."""
    if not re.fullmatch(r"[1-79ANY][0-9A-HJ-NP-RTUWXY][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}", code):
        return None
    if credit_check(code) != code[17]:
        return None
    return code if not strict or _organisation(code[8:17]) else None


def credit_check(code: str) -> str:
    """The check character that belongs to the first 17 of a unified social credit code."""
    values = (CREDIT_ALPHABET.index(character) for character in code[:17])
    total = sum(value * weight for value, weight in zip(values, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def _organisation(text: str) -> str | None:
    """GB 11714-1997: eight characters and a check character modulo 11."""
    code = _joined(text)
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return None
    return code if organisation_check(code) == code[8] else None


def organisation_check(code: str) -> str:
    """The check character that belongs to the first 8 of an organisation code."""
    values = (int(character, 36) for character in code[:8])
    total = sum(value * weight for value, weight in zip(values, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11] if total % 11 else "0"


# --- numbers --------------------------------------------------------------------------------


def _bank_card(text: str) -> str | None:
    number = _joined(text)
    return number if re.fullmatch(BANK_HEADS, number) and luhn(number) else None


def luhn(number: str) -> bool:
    """Whether the last digit is the Luhn check digit (ISO/IEC 7812) of the ones before it."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def _mobile(text: str) -> str | None:
    number = re.sub(r"^(?:\+|00)?86", "", re.sub(r"[()]", "", _joined(text)))
    return number if re.fullmatch(MOBILE, number) else None


def _landline(text: str) -> str | None:
    plain = re.sub(r"^(?:\+|00)86[ -]?", "0", folded(text))
    main, _, extension = re.sub(r"(?:转|x|ext\.?)", "-", plain).rpartition("-")
    if not (main and re.search(r"[0-9]{6}", main.replace("-", "")) and len(extension) <= 6):
        main, extension = plain, ""
    number = re.sub(r"[()]", "", _joined(main))
    if not re.fullmatch(_LANDLINE, number) or not re.fullmatch(r"[0-9]*", extension):
        return None
    return number


def _vehicle(text: str) -> str | None:
    """GB 16735-2019: 17 characters, check character at the ninth place."""
    code = _joined(text)
    if not re.fullmatch(r"[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}", code):
        return None
    values = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)),
                      strict=True))  # fmt: skip
    total = sum(
        (int(one) if one.isdigit() else values[one]) * weight
        for one, weight in zip(code, VEHICLE_WEIGHTS, strict=True)
    )
    return code if "0123456789X"[total % 11] == code[8] else None


def _address_of_device(text: str) -> str | None:
    plain = folded(text).upper()
    if not re.fullmatch(r"[0-9A-F]{2}([:-])(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}", plain):
        return None
    return plain.replace("-", ":")


def _ip(version: int) -> Callable[[str], str | None]:
    def reader(text: str) -> str | None:
        try:
            found = ipaddress.ip_address(folded(text))
        except ValueError:
            return None
        return str(found) if found.version == version else None

    return reader


def _position(text: str) -> str | None:
    """Longitude before latitude, in the degrees of China, as `lng,lat`."""
    found = re.fullmatch(r"(\d{2,3}\.\d{3,})\s*[,; ]\s*(\d{1,2}\.\d{3,})", folded(text))
    if not found:
        return None
    longitude, latitude = float(found[1]), float(found[2])
    if not (73 <= longitude <= 136 and 3 <= latitude <= 54):
        return None
    return f"{found[1]},{found[2]}"


def _layout(pattern: str, join: bool = True) -> Callable[[str], str | None]:
    wanted = re.compile(pattern)

    def reader(text: str) -> str | None:
        plain = _joined(text) if join else folded(text)
        return plain if wanted.fullmatch(plain) else None

    return reader


_DATED: Final[Mapping[str, Callable[[str, date], str | None]]] = {
    "citizen_id": _citizen,
    "citizen_id_15": _old_citizen,
    "residence_permit_hmt": lambda text, today: (
        found
        if (found := _citizen(text, today)) and found[:6] in {"810000", "820000", "830000"}
        else None
    ),
    "foreigner_pr": _foreigner,
}
_READERS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "org_code": _organisation,
    "bank_card": _bank_card,
    "mobile": _mobile,
    "landline": _landline,
    "plate": _layout(PLATE),
    "passport": _layout(PASSPORT),
    "hk_macau_permit": _layout(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    "taiwan_permit": _layout(r"[0-9]{8}(?:[0-9]{2})?"),
    "mainland_hk_macau_pass": _layout(r"C[A-HJ-NP-Z0-9][0-9]{7}|W[0-9]{8}"),
    "mainland_taiwan_pass": _layout(r"[LT][0-9]{8}"),
    "vin": _vehicle,
    "medical_institution": _layout(r"H[0-9]{11}"),
    "medical_pharmacy": _layout(r"P[0-9]{11}"),
    "real_estate_unit": _layout(r"[0-9]{12}[GJZ][A-Z][0-9]{5}[FWL][0-9]{8}"),
    "social_security_card": _layout(r"[A-Z0-9][0-9]{8}"),
    "driver_archive": _layout(r"[1-8][0-9]{11}"),
    "postcode": _layout(r"0[1-7][0-9]{4}|[1-8][0-9]{5}"),
    "email": _layout(EMAIL, join=False),
    "ipv4": _ip(4),
    "ipv6": _ip(6),
    "mac": _address_of_device,
    "lnglat": _position,
}
