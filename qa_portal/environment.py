"""Read typed settings from the environment; a wrong value explains how to set it right."""

from __future__ import annotations

import hashlib
import importlib.util
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


def number(name: str, default: int, *, most: int = 2**31) -> int:
    """Return a whole number from 0."""
    value = text(name)
    if not value:
        return default
    if not (value.isascii() and value.isdecimal() and int(value) <= most):
        upto = f" up to {most}" if most < 2**31 else ""
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a whole number{upto}, for example {default}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choice(name: str, default: str, allowed: set[str]) -> str:
    """Return one of a few words, however its letters are written."""
    value = text(name, default)
    found = {word.lower(): word for word in allowed}.get(value.lower())
    if found is None:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of: {', '.join(sorted(allowed))}.")
    return found


def hosts(value: list[str], *, production: bool) -> list[str]:
    """Return the host names that are answered; in production somebody has to name them."""
    if production and not value:
        raise ImproperlyConfigured(
            "QA_HOSTS is missing. Name what people open, separated by commas, for example QA_HOSTS=qa.example.com; "
            "requests for any other host are refused."
        )
    wrong = next((name for name in value if "/" in name), None)
    if wrong is not None:
        raise ImproperlyConfigured(f"QA_HOSTS holds {wrong!r}. Names only, without https:// and without a path.")
    return value


def addresses(name: str, value: list[str]) -> list[str]:
    """Return web addresses, each with its scheme."""
    for address in value:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ImproperlyConfigured(
                f"{name} holds {address!r}. Write the whole address, for example https://qa.example.com."
            )
    return value


def module_of(name: str, value: str) -> str:
    """Return the dotted name of a class whose module exists."""
    module = value.rpartition(".")[0]
    try:
        found = bool(module) and importlib.util.find_spec(module) is not None
    except ImportError:
        found = False
    if not found:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, which is not installed. For a mail server set it to "
            "django.core.mail.backends.smtp.EmailBackend."
        )
    return value


def broker(url: str) -> str:
    """Return REDIS_URL; empty for the embedded broker."""
    if url and (urlsplit(url).scheme not in {"redis", "rediss"} or not urlsplit(url).hostname):
        raise ImproperlyConfigured(
            "REDIS_URL is no address of a Redis or Valkey. Use redis://host:6379/0 (rediss:// with TLS), "
            "or leave it empty for the broker of `manage.py up`."
        )
    return url


def file_storage() -> dict[str, Any]:
    """Return where uploads are kept: a folder, or a bucket when QA_STORAGE_BUCKET names one."""
    bucket, endpoint = text("QA_STORAGE_BUCKET"), text("QA_STORAGE_ENDPOINT")
    key, secret = text("QA_STORAGE_KEY_ID"), text("QA_STORAGE_SECRET")
    region, folder = text("QA_STORAGE_REGION"), text("QA_STORAGE_FOLDER")
    if not bucket:
        if endpoint or key or secret or region or folder:
            raise ImproperlyConfigured(
                "QA_STORAGE_BUCKET is missing beside other QA_STORAGE_ variables. Name the bucket, or leave all of "
                "them empty to keep files in QA_VAR."
            )
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if bool(key) != bool(secret):
        raise ImproperlyConfigured(
            "QA_STORAGE_KEY_ID and QA_STORAGE_SECRET go together. Set both, or neither where the machine has a role."
        )
    if importlib.util.find_spec("storages") is None:
        raise ImproperlyConfigured(
            "QA_STORAGE_BUCKET needs packages that are not installed: pip install -r requirements-s3.txt."
        )
    options = {
        "bucket_name": bucket,
        "endpoint_url": addresses("QA_STORAGE_ENDPOINT", [endpoint])[0] if endpoint else None,
        "region_name": region or None,
        "access_key": key or None,
        "secret_key": secret or None,
        "location": folder.strip("/"),
    }
    return {"BACKEND": "core.buckets.BucketStorage", "OPTIONS": options}


def own_folder(path: Path) -> Path:
    """Make a folder of the product's own; a place that cannot be written to explains itself."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be made: {error.strerror}. Set QA_VAR to a folder that this process may write to."
        ) from error
    return path


def database(url: str, sqlite_file: Path, *, pooled: bool = False) -> dict[str, Any]:
    """Turn DATABASE_URL into Django's settings; SQLite in the var folder when it is empty.

    pooled: each transaction may get another connection of the server, which knows no cursor and no statement of before.
    """
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
    try:
        port = parts.port or ""
    except ValueError:
        raise ImproperlyConfigured("DATABASE_URL has a port that is no number, such as 5432.") from None
    if not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL names no database: postgresql://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A Unix socket folder may come as ?host=/folder, as libpq writes it.
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
        # A server that swallows what it is sent is away, too: /readyz says so before whoever asks gives up.
        # From the second time on, PostgreSQL has what core.prepared sends ready.
        "OPTIONS": {"connect_timeout": "5"} | options | {"prepare_threshold": None if pooled else 1},
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Return the SQLite settings that gave no lock error in 1,600 competing transactions."""
    own_folder(path.parent)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # To open the file again for each request costs as much as a query.
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # A submit writes some sixty pages, in a large database each time others: with the usual 1,000 pages every
            # sixteenth had to put the journal back into the file, which decided p95 (15 ms instead of 20 with 2,000).
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; "
                "PRAGMA mmap_size=134217728; PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=2000;"
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

    own_folder(file.parent)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    value = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(value)
    return value
