"""The yardstick: rubrics, their immutable versions, and the skills they measure."""

from rubrics.models.content import Criterion, Option, RootCause, Section
from rubrics.models.rubrics import Rubric, RubricVersion, Skill

__all__ = ["Criterion", "Option", "RootCause", "Rubric", "RubricVersion", "Section", "Skill"]
