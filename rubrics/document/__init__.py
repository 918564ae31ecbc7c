"""Read and write a rubric as a file: YAML for people, JSON for programs, the same content in both."""

from __future__ import annotations

from rubrics.document.parsing import Document, DocumentRefused, parse, parse_criterion, parse_section, parse_settings
from rubrics.document.writing import criterion_to_plain, section_to_plain, to_json, to_plain, to_yaml

__all__ = [
    "Document",
    "DocumentRefused",
    "criterion_to_plain",
    "parse",
    "parse_criterion",
    "parse_section",
    "parse_settings",
    "section_to_plain",
    "to_json",
    "to_plain",
    "to_yaml",
]
