"""The web server in production: as many processes as asked for, and its own words in the same JSON as ours."""

from __future__ import annotations

bind = "0.0.0.0:8000"  # the container's own network; script/serve names its port
threads = 4
graceful_timeout = 25
# Each request is logged by the product itself, by the name of its view: an address holds what people searched for.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.JsonFormatter"}},
    "handlers": {"error_console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["error_console"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["error_console"], "propagate": False}},
}
