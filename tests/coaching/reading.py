"""Read a page as a person would."""

from __future__ import annotations

import html
import re


def text(response):
    """The words of a page, without its tags."""
    body = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def says(response, words):
    return words in text(response)


def as_(client, user):
    client.force_login(user)
    return client
