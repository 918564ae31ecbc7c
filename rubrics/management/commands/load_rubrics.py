"""Install the starter rubrics, or rubrics from files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.refusals import Refused
from rubrics.models import RubricVersion
from rubrics.services import importing, publishing, starters


class Command(BaseCommand):
    """Load rubrics: without FILE the starters that are missing, with FILE those, published at once unless --draft."""

    help = "Install the starter rubrics, or import and publish rubrics from YAML or JSON files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a rubric as YAML or JSON")
        parser.add_argument("--draft", action="store_true", help="import the files as drafts, without publishing them")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if not options["files"]:
            self._say(starters.install(by=None, now=now), "All starter rubrics are there already.")
            return
        starters.install_skills(by=None, now=now)
        self._say([self._load(path, draft=options["draft"]) for path in options["files"]], "")

    def _load(self, path: Path, *, draft: bool) -> RubricVersion:
        now = timezone.now()
        try:
            version = importing.import_text(path.read_bytes(), by=None, now=now, replace_draft=True)
            return version if draft else publishing.publish(version, by=None, now=now)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from None
        except Refused as error:
            problems = [f"{path}: {_line(problem)}" for problem in error.refusal.details.get("problems", [])]
            raise CommandError("\n".join(problems) or f"{path}: {error.refusal.sentence}") from None

    def _say(self, versions: list[RubricVersion], nothing: str) -> None:
        for version in versions:
            self.stdout.write(
                f"{version.rubric.name}: version {version.number} is {version.get_status_display().lower()}."
            )
        if not versions and nothing:
            self.stdout.write(nothing)


def _line(problem: dict[str, str]) -> str:
    return f"{problem['path']}: {problem['sentence']}" if problem["path"] else problem["sentence"]
