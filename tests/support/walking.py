"""Walk many addresses in one test: each request is taken back, and all that differs from the table is said at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.test import Client


def undone(client: Client, ask: Callable[[], Any]) -> Any:
    """Ask, and take back what it did, so that the next one meets the same company and is who it was."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = ask()
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def differences(
    client: Client,
    names: Iterable[str],
    ask: Callable[[Client, str], Any],
    *,
    who: str,
    difference: Callable[[str, Any], str | None],
) -> list[str]:
    """Ask each address as somebody; return of every wrong answer where, who, what was expected and what was found."""
    found = []
    for name in names:
        try:
            wrong = difference(name, undone(client, partial(ask, client, name)))
        except Exception as error:
            error.add_note(f"While {who} asked {name}.")
            raise
        if wrong is not None:
            found.append(f"{name} for {who}: {wrong}")
    return found


def walk(client: Client, names: Iterable[str], ask: Callable[[Client, str], Any], **how: Any) -> None:
    """Ask each address as somebody, and fail with all the differences, a line each."""
    found = differences(client, names, ask, **how)
    assert not found, "\n".join(found)
