"""Say it in our words when the database finds that somebody else was faster by the blink of an eye."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.refusals import Refusal, Refused


@contextmanager
def once(why_not: Callable[[], Refusal | None]) -> Iterator[None]:
    """Write inside; what was free when it was asked and is taken now is refused with the same sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        sentence = _("Somebody made one like it at the same moment. Look at it, or try again.")
        raise Refused(why_not() or Refusal("taken_meanwhile", 409, sentence)) from error
