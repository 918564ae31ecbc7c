"""Start pieces of work at the same moment, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

from core.refusals import Refused


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Run pieces of work in threads that start together; their results, or what they raised."""
    start = threading.Barrier(len(work))
    results: list[Any] = [None] * len(work)

    def run(place: int, piece: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[place] = piece()
        except Exception as error:  # noqa: BLE001 - every failure is what the test is about
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def codes(results: list[Any]) -> list[str]:
    """Name each result: the code of a refusal, else the type of what came back or was raised."""
    return sorted(result.refusal.code if isinstance(result, Refused) else type(result).__name__ for result in results)
