"""Language codes as people write them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def languages(text: str) -> list[str]:
    """Return the codes in a text, each once; commas, semicolons and spaces part them. Raises ValidationError."""
    codes = text.replace(",", " ").replace(";", " ").split()
    for code in codes:
        parts = code.split("-")
        if not all(part.isascii() and part.isalnum() and 1 < len(part) <= 8 for part in parts) or len(code) > 20:
            words = _("“%(code)s” is no language code. Write en, de or pt-BR.")
            raise ValidationError(words, params={"code": code[:40]})
    return list(dict.fromkeys(codes))
