"""The words in braces that a comment template may hold; the workspace fills them in. Pure."""

from __future__ import annotations

import re

# As they are typed; what each stands for is told in `reviews.words.placeholder_words`.
PLACEHOLDERS = ("agent", "customer", "criterion", "answer", "conversation")
_IN_BRACES = re.compile(r"\{([^{}\s]{1,40})\}")


def unknown(text: str) -> list[str]:
    """Return the words in braces that nothing would fill in, each once, in their order."""
    found = dict.fromkeys(_IN_BRACES.findall(text))
    return [word for word in found if word not in PLACEHOLDERS]
