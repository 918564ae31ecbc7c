"""Compare the weekly sums with the published reviews they stand for."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from reviews.selectors.cells import compare
from reviews.services import cells


class Command(BaseCommand):
    """Print every cell that is not what the published reviews add up to; exit with 1 when there is one."""

    help = "Compare the weekly sums behind all averages with the published reviews; --rebuild makes them anew first."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="make all sums anew before comparing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            self.stdout.write(f"{cells.rebuild()} cells made anew.")
        found = 0
        for difference in compare():
            found += 1
            self.stdout.write(str(difference))
        if found:
            self.stdout.write(f"{found} cells differ. manage.py check_cells --rebuild makes them anew.")
            sys.exit(1)
        self.stdout.write("All cells are what the published reviews add up to.")
