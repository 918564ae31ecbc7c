"""Tell allauth how people get an account here: an admin makes it, nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Close the sign-up; keep the rest."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-ups: accounts are made by an admin."""
        return False

    def get_user_search_fields(self) -> list[str]:
        """Name the fields that identify a user."""
        return ["email"]

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Do nothing: there is no user name besides the address."""
