"""Say so when an address asks for something that nothing there listens to."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """Refuse what an address asks for beside the names that are known.

    A misspelt filter would otherwise pass for an answer about everything.
    """
    unknown = sorted(set(request.query_params) - set(known))
    if not unknown:
        return
    names = ", ".join(sorted(known))
    sentence = _("There is no such filter here. Known are: %(known)s.") % {"known": names}
    if not names:
        sentence = _("Nothing can be asked for here: this address takes no filters.")
    raise ValidationError({name: [sentence] for name in unknown})
