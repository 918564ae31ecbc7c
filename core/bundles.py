"""Join the small stylesheets and scripts into one file each, so that a page asks for two files and not for sixty.

The sources stay small and apart: one file per component, one per widget. There is no build step: the static files
finder joins them when they are looked for, so every way of serving static files sees the joined ones too.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
COMMENT_LINE = re.compile(r"^\s*//.*\n?", re.MULTILINE)
INDENT = re.compile(r"\n\s*")


@dataclass(frozen=True, slots=True)
class Bundle:
    """One joined file: where it is served, and what it is made of, in order."""

    name: str
    sources: tuple[str, ...]
    join: Callable[[Iterable[str]], str]

    def text(self, root: Path) -> str:
        """Return the joined text of every source under `root`."""
        files = [file for pattern in self.sources for file in sorted(root.glob(pattern))]
        return self.join(file.read_text(encoding="utf-8") for file in files)


def joined_styles(texts: Iterable[str]) -> str:
    """Join stylesheets, without comments and indentation. Cascade layers make their order irrelevant."""
    return "\n".join(INDENT.sub("\n", COMMENT.sub("", text)).strip() for text in texts) + "\n"


def joined_modules(texts: Iterable[str]) -> str:
    """Join modules that import nothing, each in a block of its own so that their names do not meet.

    Lines that are only a comment stay behind: they are a fifth of what a first visit would fetch.
    """
    return "\n".join(f"{{\n{COMMENT_LINE.sub('', text).strip()}\n}}" for text in texts) + "\n"


BUNDLES = (
    Bundle("css/app.css", ("css/tokens.css", "css/base.css", "css/layout.css", "css/components/*.css"), joined_styles),
    Bundle("js/app.js", ("js/base/*.js",), joined_modules),
)


class BundleFinder(BaseFinder):
    """Find the joined files, and join them again when a source has changed."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.sources = Path(settings.BASE_DIR, "static")
        self.storage = FileSystemStorage(location=settings.VAR / "bundles")
        super().__init__()

    def check(self, **kwargs: Any) -> list[Any]:
        """Find nothing wrong: a missing source shows in the page at once."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the place of a joined file; nothing for any other."""
        found = [self._fresh(bundle) for bundle in BUNDLES if bundle.name == path]
        return found if find_all else next(iter(found), [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield every joined file."""
        for bundle in BUNDLES:
            self._fresh(bundle)
            yield bundle.name, self.storage

    def _fresh(self, bundle: Bundle) -> str:
        place = Path(self.storage.path(bundle.name))
        text = bundle.text(self.sources)
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            _replace(place, text)
        return str(place)


def _replace(place: Path, text: str) -> None:
    """Write a file as a whole: another process may be reading it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(place)
