"""Where the frames of several plans hold the same conversations: noted when the later one is frozen, never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from sampling.models.draws import FrameStratum, Pick


class Overlap(models.Model):
    """How many units of a stratum stood in frames of other plans already, with the same reviewee, when it was frozen.

    One row for each set of earlier strata that hold some of its units together, so that any choice of strata can be
    counted without counting a unit twice: it counts in the one that was frozen first.
    """

    stratum = models.ForeignKey(FrameStratum, models.PROTECT, related_name="overlaps")
    # Their ids, ascending; among them those of draws that were voided since.
    earlier = models.JSONField()
    units = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.units} of {self.stratum}"


class SharedPick(models.Model):
    """A pick whose unit stands in the frame of another plan, too, and its chance in the targeted pool there."""

    pick = models.ForeignKey(Pick, models.PROTECT, related_name="shared", db_index=False)
    stratum = models.ForeignKey(FrameStratum, models.PROTECT, related_name="+")
    pi_targeted = models.FloatField(default=0.0)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["pick", "stratum"], name="shared_pick_once")]

    def __str__(self) -> str:
        return f"{self.pick} and {self.stratum}"
