"""What every template, stylesheet and script keeps to. A broken rule names the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines
from django.urls import get_resolver

from core.icons import icon
from tests.project.tree import ROOT, name_of

TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))

COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
FORBIDDEN = {
    "a style attribute": re.compile(r"<[a-z-]+\b[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z-]+\b[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\bhx-on", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "a js: value": re.compile(r"[\"'{,]\s*js:", re.IGNORECASE),
}
TIME_OF_DAY = re.compile(r"""\|date:["']([^"']*[HGhgPf][^"']*)["']""")
SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def code_of(path: Path) -> str:
    """Return a file without its comments."""
    text = path.read_text(encoding="utf-8")
    return CSS_COMMENT.sub("", text) if path.suffix == ".css" else COMMENT.sub("", text)


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=name_of)


@each(PAGES)
def test_a_template_compiles(path: Path) -> None:
    name = path.relative_to(TEMPLATES).as_posix()

    engines["django"].get_template(name)


@each(PAGES)
def test_a_template_has_nothing_inline(path: Path) -> None:
    text = code_of(path)

    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    inline = [tag for tag in SCRIPT.findall(text) if "src=" not in tag and 'type="application/json"' not in tag]

    assert (found, inline) == ([], [])


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color: red">',
        "<style>",
        '<a href="#" onclick="x()">',
        '<form hx-on:submit="x()">',
        '<a href="javascript:x()">',
        "<div hx-vals='js:{a: 1}'>",
    ],
)
def test_the_rule_itself_notices(markup: str) -> None:
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(markup)] != []


def test_a_time_of_day_says_its_time_zone() -> None:
    pages = [path for path in PAGES if "email" not in path.parts]
    bare = {
        name_of(path): [form for form in TIME_OF_DAY.findall(code_of(path)) if "e" not in form] for path in pages
    }  # fmt: skip

    assert {name: forms for name, forms in bare.items() if forms} == {}, "write it with |moment"


def test_links_by_name_lead_somewhere() -> None:
    known = names_of(get_resolver())
    named = re.compile(r"\{%\s*url\s+[\"']([\w:-]+)[\"'][^%]*%\}")

    dead = {
        f"{name_of(path)}: {match.group(1)}"
        for path in PAGES
        for match in named.finditer(code_of(path))
        if " as " not in match.group(0) and match.group(1) not in known
    }

    assert dead == set()


def names_of(resolver: object, prefix: str = "") -> set[str]:
    """Return the name of every address, with its namespace."""
    names = {f"{prefix}{name}" for name in resolver.reverse_dict if isinstance(name, str)}
    for namespace, (_, inner) in resolver.namespace_dict.items():
        names |= names_of(inner, f"{prefix}{namespace}:")
    return names


def test_no_page_takes_an_id_of_the_frame_around_it() -> None:
    """Two of a kind, and a script, a label or a link finds the wrong one: "?" would open a card instead of the keys."""
    names = ("base", "door", "components/rail", "components/help_keys")
    frame = [TEMPLATES / f"{name}.html" for name in names]
    ids = re.compile(r"""\bid="([a-z][a-z0-9-]*)\"""")
    taken = {found for path in frame for found in ids.findall(code_of(path))}
    taken |= {f"{one}-title" for one in taken}

    pages = [path for path in PAGES if path not in frame and "{% extends" in code_of(path)]
    clashes = {name_of(path): found for path in pages if (found := taken.intersection(ids.findall(code_of(path))))}

    assert {"main", "keys", "rail-sheet"} < taken
    assert clashes == {}


def test_every_icon_exists() -> None:
    named = re.compile(r"<c-icon\b[^>]*\bname=[\"']([a-z0-9-]+)[\"']|\{% icon \"([a-z0-9-]+)\"|\bicon=\"([a-z0-9-]+)\"")

    for path in PAGES:
        for match in named.finditer(code_of(path)):
            icon(next(name for name in match.groups() if name))


# What a component may use without declaring it: cotton's own words and what context processors give every page.
GIVEN = {"slot", "attrs", "request", "user", "theme", "forloop", "csrf_token", "messages"}
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)


@each(COMPONENTS)
def test_a_component_declares_what_it_uses(path: Path) -> None:
    """A variable that is not declared would be taken from the page around, whatever it means there."""
    text = code_of(path)

    used = set(re.findall(r"\{\{\s*([a-z_]\w*)", text)) | set(re.findall(r"\{% (?:el)?if (?:not )?([a-z_]\w*)", text))

    assert used - declared_in(text) - bound_in(text) - GIVEN == set()


def declared_in(text: str) -> set[str]:
    """Return the names of <c-vars>."""
    match = re.search(r"<c-vars\s([^>]*?)/?>", text)
    names = re.findall(r"(?:^|\s):?([\w-]+)(?==|\s|$)", match.group(1)) if match else []
    return {name.replace("-", "_") for name in names}


def bound_in(text: str) -> set[str]:
    """Return the names that tags bind: `for a, b in`, `as c`, `asvar c`, `with d=…`."""
    names: set[str] = set()
    for tag in TAG.findall(text):
        names |= set(re.findall(r"\b(\w+)=", tag)) | set(re.findall(r"\bas(?:var)? (\w+)", tag))
        names |= {name for group in re.findall(r"\bfor ([\w, ]+) in ", tag) for name in re.findall(r"\w+", group)}
    return names


@each(COMPONENTS)
def test_a_component_is_shown_in_the_catalogue(path: Path) -> None:
    parts_of_others = {"rail", "rail_link", "person_menu", "confirm", "help_keys", "brand", "filter_field"}
    catalogue = (TEMPLATES / "ui.html").read_text(encoding="utf-8")

    shown = f"<c-{path.stem.replace('_', '-')}" in catalogue or path.stem == "page_head"

    assert shown or path.stem in parts_of_others


@each([path for path in STYLES if path.name != "tokens.css"])
def test_a_stylesheet_takes_its_colours_from_the_tokens(path: Path) -> None:
    text = re.sub(r"color-mix\(in oklch", "", code_of(path))

    raw = re.findall(r"(?:oklch|rgba?|hsla?)\([^)]*\)|#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", text)

    assert raw == []


@each(STYLES)
def test_a_stylesheet_uses_only_tokens_that_exist(path: Path) -> None:
    defined = {name for style in STYLES for name in re.findall(r"(--[\w-]+)\s*:", code_of(style))}

    unknown = set(re.findall(r"var\((--[\w-]+)", code_of(path))) - defined

    assert unknown == set()


@each(STYLES)
def test_a_stylesheet_stays_in_its_layer(path: Path) -> None:
    """Cascade layers decide who wins, so that the order of the links does not."""
    outside = re.sub(r"@layer [\w, ]+;", "", code_of(path))
    depth = 0
    top = ""
    for character in outside:
        top += character if depth == 0 else ""
        depth += {"{": 1, "}": -1}.get(character, 0)

    rules = [rule.strip(" }\n") for rule in top.split("{") if rule.strip(" }\n")]

    assert [rule for rule in rules if not rule.startswith("@layer ")] == []


@each([path for path in SCRIPTS if path.parent.name == "base"])
def test_a_base_module_stands_alone(path: Path) -> None:
    """They are joined into one file, each in a block of its own."""
    assert re.findall(r"^\s*(?:import|export)\b|\bimport\(", path.read_text(encoding="utf-8"), re.MULTILINE) == []


@each(SCRIPTS)
def test_a_script_makes_no_code_or_markup_from_text(path: Path) -> None:
    pattern = r"\beval\(|new Function\(|\.innerHTML\s*=|\.outerHTML\s*=|insertAdjacentHTML|document\.write\("

    assert re.findall(pattern, path.read_text(encoding="utf-8")) == []
