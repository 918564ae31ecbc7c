"""Turn the HTML of a message into plain text that never changes, and into HTML that cannot harm."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import nh3

# Within these the HTML parser needs at most half a second for anything; its time grows with the square of nested tags
# and of ampersands, so that a mail made to hurt could keep it busy for minutes.
LENGTH_LIMIT = 1024 * 1024
TAG_LIMIT = 20_000
AMPERSAND_LIMIT = 50_000
_DROPPED = {"script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg", "math"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
_READ = _BLOCKS | {"br", "img", "td", "th"}
_SHOWN = {
    "a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "ins", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_SPACES = re.compile(r"[ \t\n\f\r]+")


def text_of(html: str) -> str:
    """Return what a person reads in the HTML: blocks as lines, quotes behind >, pictures as their alternative text."""
    if _is_unreasonable(html):
        return _without_tags(html)
    reader = _Reader()
    reader.feed(nh3.clean(html, tags=_READ, attributes={"img": {"alt"}}, clean_content_tags=_DROPPED, link_rel=None))
    reader.close()
    return reader.text()


def safe(html: str) -> str | None:
    """Return HTML without scripts, styles, forms or pictures; None when it is not worth the parser's time."""
    if _is_unreasonable(html):
        return None
    return nh3.clean(
        html,
        tags=_SHOWN,
        clean_content_tags=_DROPPED,
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _is_unreasonable(html: str) -> bool:
    """Say whether the HTML could keep the parser busy for long."""
    return len(html) > LENGTH_LIMIT or html.count("<") > TAG_LIMIT or html.count("&") > AMPERSAND_LIMIT


def _without_tags(html: str) -> str:
    """Return the text between the tags of HTML that is too large to parse."""
    return _SPACES.sub(" ", unescape(re.sub(r"<[^<>]*>", " ", html))).strip()


class _Reader(HTMLParser):
    """Collect lines. What it is fed is well formed, because nh3 wrote it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[int, str]] = []
        self.line: list[str] = []
        self.quotes = self.preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._end_line()
        elif tag == "img":
            alternative = (dict(attrs).get("alt") or "").strip()
            self.line.append(f"[{alternative}]" if alternative else "[picture]")
        elif tag in {"td", "th"}:
            self.line.append(" ")
        else:
            self._start_block(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_block()
        self.quotes -= tag == "blockquote"
        self.preformatted -= tag == "pre"
        if tag in {"p", "blockquote", "table", "ul", "ol", "pre"}:
            self.lines.append((self.quotes, ""))

    def handle_data(self, data: str) -> None:
        if not self.preformatted:
            self.line.append(_SPACES.sub(" ", data))
            return
        first, *others = data.split("\n")
        self.line.append(first)
        for other in others:
            self._end_line()
            self.line.append(other)

    def text(self) -> str:
        """Return the lines read so far, with at most one empty line between two others."""
        self._end_block()
        kept: list[str] = []
        gap: int | None = None
        for depth, line in self.lines:
            if not line:
                gap = depth if gap is None else min(gap, depth)
                continue
            if gap is not None and kept:
                kept.append(("> " * min(gap, depth)).rstrip())
            kept.append("> " * depth + line)
            gap = None
        return "\n".join(kept)

    def _start_block(self, tag: str) -> None:
        self._end_block()
        self.quotes += tag == "blockquote"
        self.preformatted += tag == "pre"
        if tag == "li":
            self.line.append("- ")

    def _end_block(self) -> None:
        if "".join(self.line).strip():
            self._end_line()
        else:
            self.line = []

    def _end_line(self) -> None:
        line = "".join(self.line)
        self.lines.append((self.quotes, line.rstrip() if self.preformatted else _SPACES.sub(" ", line).strip()))
        self.line = []
