"""Keyed numbers: what decides a draw. They depend on ids and a secret only, never on order, time or scores."""

from __future__ import annotations

import hashlib
import hmac

SEPARATOR = "\x1f"
TOP = 2.0**53
LARGEST = 1.0 - 2.0**-53


def prn(key: str | bytes, design: str, unit: str) -> float:
    """Return the permanent random number of a unit, strictly between 0 and 1.

    The top 53 bits of HMAC-SHA256(key, design ‖ 0x1F ‖ unit), plus one half, over 2^53 (RFC 2104). Text is UTF-8;
    a lone surrogate, which no text from outside should hold, is encoded too rather than refused.
    """
    secret = key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key
    message = f"{design}{SEPARATOR}{unit}".encode("utf-8", "surrogatepass")
    digest = hmac.digest(secret, message, "sha256")
    # The last of the 2^53 values would round up to 1, which has no logarithm of its complement.
    return min(((int.from_bytes(digest[:8], "big") >> 11) + 0.5) / TOP, LARGEST)


def unit_name(source: str, external_id: str, completion: int) -> str:
    """Return the identity of one completion of one conversation: the same in every database."""
    return SEPARATOR.join((source, external_id, str(completion)))


def period_key(master: bytes, plan: str, period: str) -> bytes:
    """Return the 32-byte key of one plan and period: HMAC-SHA256(master, plan ‖ period).

    `plan` has a fixed length (a UUID), so that no two pairs run together into the same text.
    """
    return hmac.digest(master, f"{plan}{period}".encode(), "sha256")


def fingerprint(key: bytes) -> str:
    """Return SHA-256 of a key in hex: safe to publish before the period, since it cannot be turned back."""
    return hashlib.sha256(key).hexdigest()


def random_design(plan: str, period: str, stratum: str = "all") -> str:
    """Return the design string of the random pool in a stratum. No agent in it: re-assignment moves nothing.

    A plan without classes has the one stratum "all", which goes without saying.
    """
    return f"random|{plan}|{period}" if stratum == "all" else f"random|{plan}|{period}|{stratum}"


def targeted_design(plan: str, period: str) -> str:
    """Return the design string of the targeted pool, whose numbers are independent of those of the random pool."""
    return f"targeted|{plan}|{period}"
