"""The headers that a caller may send."""

from __future__ import annotations

IDEMPOTENCY_KEY = "Idempotency-Key"
IDEMPOTENCY_PATTERN = r"^[\x21-\x7e]{1,200}$"
