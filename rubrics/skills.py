"""The starter skills: the thread from rubric to coaching."""

from __future__ import annotations

from typing import NamedTuple


class StarterSkill(NamedTuple):
    """Hold one skill as it is installed; a workspace may reword it later."""

    slug: str
    name: str
    description: str


STARTER_SKILLS = (
    StarterSkill(
        "written-communication",
        "Written communication",
        "Writes clearly, correctly and in a tone that fits the customer and the channel.",
    ),
    StarterSkill(
        "empathy",
        "Empathy",
        "Notices how the customer feels, says so in plain words and lets it shape the answer.",
    ),
    StarterSkill(
        "problem-solving",
        "Problem solving",
        "Finds out what is really wrong, picks the right way forward and sees it through.",
    ),
    StarterSkill(
        "product-knowledge",
        "Product and technical knowledge",
        "Knows the product and how it works, and gives facts that are right and complete.",
    ),
    StarterSkill(
        "time-management",
        "Time management",
        "Answers in good time, keeps the customer informed and wastes none of their effort.",
    ),
    StarterSkill(
        "adaptability",
        "Adaptability",
        "Changes approach when the customer, the problem or the situation asks for it.",
    ),
    StarterSkill(
        "attention-to-detail",
        "Attention to detail and documentation",
        "Reads everything the customer wrote and leaves notes and records that others can rely on.",
    ),
    StarterSkill(
        "process-compliance",
        "Process and compliance",
        "Follows the rules that protect the customer and the company, also when it is inconvenient.",
    ),
)
