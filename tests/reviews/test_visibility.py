"""Who sees what of a review in which phase, as one table."""

from __future__ import annotations

import pytest

from reviews.visibility import Viewer, Visible, visible

HIDDEN = Visible(exists=False, answers=False, draft=False, author_name=False)
AUTHORS = Visible(exists=True, answers=True, draft=True, author_name=True)
WHOLE = Visible(exists=True, answers=True, draft=False, author_name=True)
BLIND = Visible(exists=True, answers=False, draft=False, author_name=False)


@pytest.mark.parametrize("status", ["draft", "submitted", "published", "voided"])
@pytest.mark.parametrize("owes", [True, False])
@pytest.mark.parametrize("viewer", list(Viewer))
def test_the_table(viewer: Viewer, status: str, owes: bool) -> None:
    found = visible(viewer, status=status, owes_own_review=owes, shows_reviewer_name=True)

    expected = {
        Viewer.AUTHOR: AUTHORS,
        Viewer.AGENT: WHOLE if status == "published" else HIDDEN,
        Viewer.OVERSEER: HIDDEN if status == "draft" else BLIND if owes else WHOLE,
        Viewer.PEER: HIDDEN if status == "draft" else BLIND if owes else WHOLE,
        Viewer.STRANGER: HIDDEN,
    }
    assert found == expected[viewer]


def test_the_agent_sees_the_reviewers_name_only_if_the_workspace_allows() -> None:
    found = visible(Viewer.AGENT, status="published", owes_own_review=False, shows_reviewer_name=False)

    assert (found.answers, found.author_name) == (True, False)
