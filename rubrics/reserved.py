"""Name the addresses beside the rubrics that no rubric may take."""

from __future__ import annotations

RESERVED = ("import", "install-starters", "new")
