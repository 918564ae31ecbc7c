"""One installation is one workspace: a single row of settings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.prepared import Prepared


class Workspace(models.Model):
    """The settings of this installation. Row 1 is the only one."""

    class SecondFactor(models.TextChoices):
        OFF = "off", _("Off")
        OPTIONAL = "optional", _("Whoever wants it")
        LEADERS = "leaders", _("Needed by QA managers and admins")
        EVERYBODY = "everybody", _("Needed by everybody")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120, default="QA Portal")
    time_zone = models.CharField(max_length=64, default="UTC")
    shows_reviewer_name = models.BooleanField(default=True)
    second_reader_for_card_fail = models.BooleanField(default=False)
    edit_window_minutes = models.PositiveIntegerField(default=15)
    dispute_window_days = models.PositiveSmallIntegerField(default=7)
    second_factor = models.CharField(max_length=10, choices=SecondFactor, default=SecondFactor.OPTIONAL)
    # Counts the edits, so that the later of two people who change settings is told.
    edit_number = models.PositiveIntegerField(default=0)
    # Within so many days a dispute is to be decided; after twice as many it expires.
    dispute_due_days = models.PositiveSmallIntegerField(default=7)
    # The supervisor of the agent's own team never takes the blind second look.
    second_look_excludes_lead = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="one_workspace")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Workspace:
        """Return the settings, with their defaults when nobody has saved any."""
        return CURRENT.first() or cls()


CURRENT = Prepared(lambda: Workspace.objects.filter(pk=1))
