"""What tells a payment card, an IBAN or a national identity number from any other number. Pure.

Luhn: ISO/IEC 7812-1. IBAN: ISO 13616 (mod 97). Identity numbers: the check of each country.
"""

from __future__ import annotations

import re

# Length by country, of those that take part in SEPA or are met often (SWIFT IBAN registry).
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24,
    "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18,
    "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "KZ": 20, "LB": 28, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PK": 24, "PL": 28,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26,
    "UA": 29, "VA": 22, "XK": 20,
}  # fmt: skip
# First digits and lengths of the large card brands.
_BRANDS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:5[06-9]|6\d)\d{10,17}"
)
_ITALIAN_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def luhn(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others."""
    doubled = (int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def is_card(text: str) -> bool:
    """Say whether a number is that of a payment card: a brand's first digits and length, and the check digit."""
    digits = re.sub(r"\D", "", text)
    return digits.isascii() and len(set(digits)) > 1 and bool(_BRANDS.fullmatch(digits)) and luhn(digits)


def is_iban(text: str) -> bool:
    """Say whether a text is an IBAN: its country's length, and 1 as the remainder of the whole by 97."""
    code = re.sub(r"[ -]", "", text).upper()
    if len(code) != IBAN_LENGTHS.get(code[:2]) or not code.isascii():
        return False
    return int("".join(str(int(one, 36)) for one in code[4:] + code[:4])) % 97 == 1


def is_national_id(text: str) -> bool:
    """Say whether a text is an identity number of a country whose numbers can be told apart."""
    code = re.sub(r"[ ]", "", text).upper()
    if not code.isascii():
        return False
    if re.fullmatch(r"\d{3}-\d\d-\d{4}", code):
        return not (code[:3] in {"000", "666"} or code[0] == "9" or code[4:6] == "00" or code[7:] == "0000")
    if re.fullmatch(r"[A-Z]{2}\d{6}[A-D]", code):
        return _is_british(code)
    if re.fullmatch(r"\d{13,15}|\d{5}2[AB]\d{8}", code):
        return len(code) == 15 and _is_french(code)
    if re.fullmatch(r"[XYZ]?-?\d{7,8}-?[A-Z]", code):
        return _is_spanish(code.replace("-", ""))
    if re.fullmatch(r"[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]", code):
        return _is_italian(code)
    return _is_swedish(code)


def _is_british(code: str) -> bool:
    is_prefix = not set(code[:2]) & set("DFIQUV") and code[1] != "O"
    return is_prefix and code[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def _is_french(code: str) -> bool:
    number = code[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(code[13:])


def _is_spanish(code: str) -> bool:
    digits = {"X": "0", "Y": "1", "Z": "2"}.get(code[0], code[0]) + code[1:-1]
    return len(digits) == 8 and "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == code[-1]


def _is_italian(code: str) -> bool:
    values = [ord(one) - 65 if one.isalpha() else int(one) for one in code[:15]]
    total = sum(value if place % 2 else _ITALIAN_ODD[value] for place, value in enumerate(values))
    return chr(65 + total % 26) == code[15]


def _is_swedish(code: str) -> bool:
    digits = re.sub(r"\D", "", code)[-10:]
    month, day = int(digits[2:4]), int(digits[4:6])
    return 1 <= month <= 12 and (1 <= day <= 31 or 61 <= day <= 91) and luhn(digits)
