"""The API of rubrics and their versions."""

from __future__ import annotations

from rubrics.api.rubrics import Rubrics
from rubrics.api.versions import Versions

__all__ = ["Rubrics", "Versions"]
