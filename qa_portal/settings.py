"""All settings. The environment is read here and nowhere else; docs/operations.md lists the variables."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from csp.constants import NONCE, NONE, SELF  # noqa: F401  (NONCE is named so that nobody adds inline code by hand)
from django.core.exceptions import ImproperlyConfigured

from qa_portal import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("QA_VAR", str(BASE_DIR / "var"))).resolve()

# ---- What kind of installation this is
PRODUCTION = env.flag("QA_PRODUCTION", default=False)
DEBUG = env.flag("QA_DEBUG", default=False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("QA_PRODUCTION and QA_DEBUG are both on. Turn QA_DEBUG off in production.")
SECRET_KEY = env.secret_key(VAR, required=PRODUCTION)
ALLOWED_HOSTS = env.hosts(
    env.words("QA_HOSTS", "localhost,127.0.0.1,[::1],testserver" if not PRODUCTION else ""), production=PRODUCTION
)
CSRF_TRUSTED_ORIGINS = env.addresses("QA_ORIGINS", env.words("QA_ORIGINS"))
NEWCOMER_URL = "http://localhost:8000"
SITE_URL = env.addresses("QA_SITE_URL", [env.text("QA_SITE_URL", NEWCOMER_URL)])[0]

# ---- What it is made of
INSTALLED_APPS = [
    "core",
    "accounts",
    "conversations",
    "rubrics",
    "sampling",
    "reviews",
    "coaching",
    "insights",
    "qa_portal.apps.QAPortalConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "core.request_record.RequestRecordMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.PersonMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "core.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "qa_portal.urls"
WSGI_APPLICATION = "qa_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # By hand and in this order: otherwise cotton's components print unexpanded inside partials.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "qa_portal.navigation.theme",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "core.templatetags.moments",
            ],
        },
    }
]
COTTON_DIR = "components"

# ---- Data
DATABASES = {
    "default": env.database(
        env.text("DATABASE_URL"), VAR / "qa_portal.sqlite3", pooled=env.flag("QA_POOLER", default=False)
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STORAGES = {
    "default": env.file_storage(),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = VAR / "files"
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "core.bundles.BundleFinder",  # css/app.css and js/app.js, joined from the small files
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "woff2", "gz", "zip"]
# Hosts of the own network that may be asked although they are inside it: names, or names with ports
OUTGOING_HOSTS = frozenset(env.words("QA_OUTGOING_HOSTS"))
LINK_MEGABYTES = env.number("QA_LINK_MB", 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler", "core.uploading.SpoolHandler"]

# ---- Broker and cache: REDIS_URL, or the embedded broker's socket
REDIS_URL = env.broker(env.text("REDIS_URL"))
BROKER_SOCKET = env.broker_socket(VAR)
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{quote(str(BROKER_SOCKET))}?virtual_host=0"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Above the longest task; kombu looks for lost messages only every 100 s unless told otherwise.
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "max_retries": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# For ever: a worker waits for its broker, however long that takes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
# An import of a million lines never delays a reviewer.
CELERY_TASK_ROUTES = {
    "conversations.tasks.*": {"queue": "ingest"},
    "reviews.tasks.expire_texts": {"queue": "ingest"},
    "coaching.tasks.*": {"queue": "insight"},
    "reviews.tasks.continue_what_if": {"queue": "insight"},
    "reviews.tasks.continue_calibration_replay": {"queue": "insight"},
    "sampling.tasks.continue_replay": {"queue": "insight"},
    "sampling.tasks.continue_check": {"queue": "insight"},
}
# Conversations in a frame, or lines in a receipt, that a replay repeats while its page waits: 20,000 take two seconds
# and 60 MB of the web process, and both grow with the frame. A larger one is replayed by a worker.
REPLAY_AT_ONCE = 20_000
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL or f"unix://{BROKER_SOCKET}?db=2",
        "KEY_PREFIX": "qa",
    }
    if REDIS_URL
    # Log-in rate limits must hold even when nobody started a broker yet.
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# ---- People and sessions
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PersonBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by an admin, who knows the address
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "accounts.adapter.MFAAdapter"  # follows the workspace's rule: off, optional, or needed by whom
# Browsers take localhost for safe without https; everywhere else passkeys need it.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an admin made the account and vouches for its address
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
EMAIL_BACKEND = env.module_of(
    "QA_EMAIL_BACKEND", env.text("QA_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
)
EMAIL_HOST = env.text("QA_EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("QA_EMAIL_PORT", 25, most=65535)
EMAIL_HOST_USER = env.text("QA_EMAIL_USER")
EMAIL_TIMEOUT = 10  # seconds: somebody waits for the page meanwhile
EMAIL_HOST_PASSWORD = env.text("QA_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("QA_EMAIL_TLS", default=False)
DEFAULT_FROM_EMAIL = env.text("QA_EMAIL_FROM", "QA Portal <qa-portal@localhost>")

# ---- Security
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.flag("QA_HTTPS", default=True)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("QA_HTTPS", default=True)
    # Those who watch the installation ask the process itself, past the proxy that speaks https.
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
    SECURE_HSTS_SECONDS = env.number("QA_HSTS_SECONDS", 3600) if SECURE_SSL_REDIRECT else 0
# How many proxies stand in front and write down who asked: guesses are counted by that address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("QA_PROXIES", 1 if PRODUCTION and SECURE_SSL_REDIRECT else 0)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# ---- Words and time
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "locale"]

# ---- Lists
FILTERS_EMPTY_CHOICE_LABEL = "Any"

# ---- API
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsing.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.negotiation.AlwaysJSON",
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    # The token first: a stranger is asked for one with 401.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.paging.CursorPages",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    # `?format=` belongs to the exports: it names the file that is wanted.
    "URL_FORMAT_OVERRIDE": None,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "core.api.errors.ApiExceptionHandler",
    "EXCEPTION_FORMATTER_CLASS": "core.api.errors.ApiExceptionFormatter",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "QA Portal",
    "VERSION": "1",
    "DESCRIPTION": "Everything the pages do: the same rules, the same sentences. docs/api.md is the guide.",
    "SERVE_INCLUDE_SCHEMA": False,
    # The same in every installation, so it tells a stranger nothing; what it describes asks for a token.
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "JobStatus": "core.models.Job.Status",
        "OutcomeEnum": "reviews.models.reviews.Revision.Outcome",
        "ImportStatus": "conversations.models.ImportRun.Status",
        "RubricVersionStatus": "rubrics.models.RubricVersion.Status",
        "ReviewStatus": "reviews.models.Review.Status",
        "QueueItemStatus": "reviews.models.QueueItem.Status",
        "DisputeStatus": "reviews.models.Dispute.Status",
        "CalibrationStatus": "reviews.models.CalibrationSession.Status",
        "AgentLevel": "accounts.models.Agent.Level",
        "CoachingProgrammeStatus": "coaching.models.Programme.Status",
        "CoachingPlanStatus": "coaching.models.Plan.Status",
        "CoachingSessionStatus": "coaching.models.Session.Status",
        "CoachingActionKind": "coaching.models.Action.Kind",
        "GrowthStanding": "coaching.growth.STANDINGS",
        "CoachingRemarkKind": "coaching.models.Remark.Kind",
        "SamplingPlanStatus": "sampling.models.Plan.Status",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# ---- Numbers for Prometheus: the token for those who ask from elsewhere, and the folder that web processes share
METRICS_TOKEN = env.text("QA_METRICS_TOKEN")
METRICS_FOLDER = env.text("PROMETHEUS_MULTIPROC_DIR")

# ---- Logs: to standard error, one line or one JSON object each, with the id of the request
LOG_FORMAT = env.choice("QA_LOG_FORMAT", "json" if PRODUCTION else "line", {"json", "line"})
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "core.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
            "discreet": PRODUCTION,
        },
        "json": {"()": "core.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {
        "handlers": ["console"],
        "level": env.choice("QA_LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"}),
    },
    # A person who reads lines has gunicorn's access log; a machine that reads JSON gets each request from us.
    "loggers": {"core.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"}},
}
