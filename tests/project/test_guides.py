"""The guides: every picture that is named exists and every picture is named, links lead somewhere, files are small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accounts.roles import Role
from tests.e2e.test_screens import PICTURES
from tests.project.tree import ROOT

DOCS = ROOT / "docs"
GUIDES = sorted(DOCS.glob("*.md"))
PAGES = [ROOT / "README.md", *GUIDES]
LARGEST_PICTURE, ALL_PICTURES = 150_000, 2_000_000
OF_ROLES = {
    Role.AGENT: "agents",
    Role.SPECIALIST: "specialists",
    Role.SUPERVISOR: "supervisors",
    Role.MANAGER: "managers",
    Role.ADMIN: "admins",
}


def links(page: Path) -> list[str]:
    """Return the addresses that a page leads to, without those of the web and those inside the page."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [link.partition("#")[0] for link in found if not re.match(r"https?:|mailto:|#", link)]


def named() -> set[str]:
    return {Path(link).name for page in GUIDES for link in links(page) if link.endswith(".png")}


def pictures() -> dict[str, Path]:
    return {path.name: path for path in (DOCS / "screens").glob("*")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


def test_every_picture_is_named_and_made_by_the_browser_test() -> None:
    made = {f"{picture.name}.png" for picture in PICTURES}

    assert set(pictures()) == named() == made


def test_a_picture_says_in_words_what_it_shows() -> None:
    silent = [
        f"{page.name}: {link}"
        for page in GUIDES
        for words, link in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
        if len(words) < 8
    ]

    assert silent == []


def test_pictures_are_small() -> None:
    sizes = {name: path.stat().st_size for name, path in pictures().items()}

    assert {name: size for name, size in sizes.items() if size > LARGEST_PICTURE} == {}
    assert sum(sizes.values()) <= ALL_PICTURES


def test_every_role_has_its_guide_and_the_readme_leads_to_each_page() -> None:
    assert {f"{name}.md" for name in OF_ROLES.values()} <= {path.name for path in GUIDES}
    assert set(OF_ROLES) == set(Role)
    assert {path.name for path in GUIDES} - {Path(link).name for link in links(ROOT / "README.md")} == set()
