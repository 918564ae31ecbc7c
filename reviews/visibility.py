"""Decide what a viewer may see of a review in its phase. Pure: the hardest rule of the product as one function."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Viewer(StrEnum):
    """What the viewer is to the review."""

    AUTHOR = "author"
    AGENT = "agent"
    OVERSEER = "overseer"  # a supervisor or manager within reach
    PEER = "peer"  # another specialist within reach
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Visible:
    """The parts of a review that a viewer may see."""

    exists: bool
    answers: bool
    draft: bool
    author_name: bool


NOTHING = Visible(exists=False, answers=False, draft=False, author_name=False)


def visible(viewer: Viewer, *, status: str, owes_own_review: bool, shows_reviewer_name: bool) -> Visible:
    """Return what a viewer may see.

    status: draft, submitted, published or voided. owes_own_review: the viewer has begun to judge the same
    conversation, or a decision is to come first, so other people's answers and whose they are stay hidden until then,
    whatever the role. A draft is its author's alone; an agent sees only what was published.
    """
    if viewer == Viewer.STRANGER:
        return NOTHING
    if viewer == Viewer.AUTHOR:
        return Visible(exists=True, answers=True, draft=True, author_name=True)
    if status == "draft":
        return NOTHING
    if viewer == Viewer.AGENT:
        seen = status == "published"
        return Visible(exists=seen, answers=seen, draft=False, author_name=seen and shows_reviewer_name)
    return Visible(exists=True, answers=not owes_own_review, draft=False, author_name=not owes_own_review)
