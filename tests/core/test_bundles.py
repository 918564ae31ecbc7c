"""The joined stylesheet and script: complete, current, and readable while they are replaced."""

from __future__ import annotations

import gzip
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.test import Client

from core.bundles import BUNDLES, Bundle, BundleFinder, joined_modules, joined_styles
from tests.project.tree import ROOT

HTMX = 17_500  # htmx 2 from the wheel, compressed


def test_styles_lose_their_comments_and_their_indentation() -> None:
    first = "/* a\n comment */\n@layer base {\n  p { margin: 0; }\n}\n"

    assert joined_styles([first, "@layer x {\n}\n"]) == "@layer base {\np { margin: 0; }\n}\n@layer x {\n}\n"


def test_the_names_of_two_modules_do_not_meet_and_comments_stay_behind() -> None:
    joined = joined_modules(["// why\nconst a = 1;\n", "const a = 'http://a'; // here\n\n  // there\nb();\n"])

    assert joined == "{\nconst a = 1;\n}\n{\nconst a = 'http://a'; // here\nb();\n}\n"


@pytest.fixture
def finder(tmp_path: Path) -> BundleFinder:
    made = BundleFinder()
    made.sources = tmp_path / "static"
    made.storage = FileSystemStorage(location=tmp_path / "bundles")
    for name in ("css/tokens.css", "css/base.css", "css/layout.css", "css/components/b.css", "css/components/a.css"):
        file = made.sources / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{Path(name).stem} {{}}\n")
    return made


def test_a_bundle_holds_its_sources_in_order(finder: BundleFinder) -> None:
    place = finder.find("css/app.css")

    assert Path(place).read_text() == "tokens {}\nbase {}\nlayout {}\na {}\nb {}\n"


def test_a_changed_source_is_seen_at_the_next_look(finder: BundleFinder) -> None:
    finder.find("css/app.css")

    (finder.sources / "css/base.css").write_text("changed {}\n")

    assert Path(finder.find("css/app.css")).read_text() == "tokens {}\nchanged {}\nlayout {}\na {}\nb {}\n"


def test_a_bundle_that_is_current_is_not_written_again(finder: BundleFinder) -> None:
    place = Path(finder.find("css/app.css"))
    before = place.stat().st_ino

    finder.find("css/app.css")

    assert place.stat().st_ino == before


def test_other_files_are_left_to_other_finders(finder: BundleFinder) -> None:
    assert finder.find("css/tokens.css") == []
    assert finder.find("css/tokens.css", find_all=True) == []


def test_every_bundle_is_listed_once_for_collectstatic(finder: BundleFinder) -> None:
    assert [name for name, _ in finder.list(None)] == [bundle.name for bundle in BUNDLES]


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.name)
def test_a_bundle_is_found_by_the_product(bundle: Bundle) -> None:
    place = finders.find(bundle.name)

    assert Path(place).read_text(encoding="utf-8") == bundle.text(ROOT / "static")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["css/app.css", "js/app.js"])
def test_a_bundle_is_served(client: Client, name: str) -> None:
    with closing(client.get(f"/static/{name}")) as response:
        text = b"".join(response.streaming_content).decode()

    assert text == next(bundle.text(ROOT / "static") for bundle in BUNDLES if bundle.name == name)


def test_the_first_paint_stays_light() -> None:
    """What every page needs, compressed, beside the page itself."""
    compressed = [len(gzip.compress(bundle.text(ROOT / "static").encode())) for bundle in BUNDLES]

    assert sum(compressed) + HTMX < 42 * 1024
