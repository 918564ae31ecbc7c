"""Read and write a rubric as a file: YAML for people, JSON for programs, the same content in both."""

from __future__ import annotations

from rubrics.document.parsing import Document, DocumentRefused, parse
from rubrics.document.writing import to_json, to_plain, to_yaml

__all__ = ["Document", "DocumentRefused", "parse", "to_json", "to_plain", "to_yaml"]
