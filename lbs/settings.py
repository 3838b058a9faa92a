"""All settings, read from the environment, safe by default.

`LBS_MODE` is `production` unless said otherwise. A production start without what it needs names the
missing variable and stops. `demo` (what `make run` starts) needs nothing, keeps everything under
`var/`, and refuses to run for any host that is not this machine. docs/running.md has the table.
"""

import os
import secrets
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import environ
import rest_framework
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
MODE = env.str("LBS_MODE", "production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("LBS_MODE is production, demo or test.")
IS_DEMO = MODE == "demo"
IS_PRODUCTION = MODE == "production"
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
VAR_DIR = Path(env.str("LBS_VAR", str(BASE_DIR / "var")))


def required(name: str) -> str:
    """Read a variable that production cannot do without; raise ImproperlyConfigured with its name."""
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"The environment variable {name} is missing. See docs/running.md.")
    return value


def kept_secret() -> str:
    """The secret of a demo: made once, kept in `var/`, readable by its owner alone."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process of the same first start was quicker
            os.link(new, path)
        new.unlink()
    return path.read_text()


# -- this installation ---------------------------------------------------------------------------
DEBUG = False
SECRET_KEY = required("SECRET_KEY") if IS_PRODUCTION else env.str("SECRET_KEY", "") or kept_secret()
ALLOWED_HOSTS = [
    host.strip()
    for host in (
        required("ALLOWED_HOSTS") if IS_PRODUCTION else env.str("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    ).split(",")
    if host.strip()
]
if IS_DEMO and not set(ALLOWED_HOSTS) <= LOOPBACK:
    raise ImproperlyConfigured(
        "Demo mode serves this machine only: every name in ALLOWED_HOSTS must be loopback."
    )
PORT = env.int("PORT", 8000)
BASE_URL = env.str(
    "BASE_URL", f"https://{ALLOWED_HOSTS[0]}" if IS_PRODUCTION else f"http://localhost:{PORT}"
).rstrip("/")
IS_HTTPS = BASE_URL.startswith("https://")
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
# "administrators", or "adults": any verified person whom no team knows as under 18.
WHO_MAY_CREATE_SERIES = env.str("WHO_MAY_CREATE_SERIES", "adults" if IS_DEMO else "administrators")

# -- rooms -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, which ours stand before
    "django_htmx",
    "core",
    "jobs",
    "accounts",
    "series",
    "teams",
    "search",
    "measures",
    "progress",
    "storymaps",
    "coaching",
    "exchange",
    "library",
    "commons",
    "desk",
    "reports",
    "summit",
    "notices",
    "api",
    "drf_spectacular",  # its command; DRF is no app here: its browsable pages would bring scripts along
    "allauth",
    "allauth.account",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.compression.PageCompression",
    "core.middleware.EdgeMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "summit.middleware.PublicPagesMiddleware",  # left of everything that reads a cookie
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionAgeMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.PolicyMiddleware",
]
ROOT_URLCONF = "lbs.urls"
WSGI_APPLICATION = "lbs.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "core.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.page",
                "notices.context.unread",
            ],
        },
    },
]

# -- state: the database, the cache, files -----------------------------------------------------------
# The cache is a database too (LocMem would multiply limits; Redis paused would stop sign-in).
# Embedded, it is a second SQLite file, so that a cache write never waits for a domain write.
DATABASE_URL = required("DATABASE_URL") if IS_PRODUCTION else env.str("DATABASE_URL", "")
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    # FULL: what was acknowledged is on disk. Tests are killed by no power cut.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA synchronous="
    + ("OFF;" if MODE == "test" else "FULL;"),
}


def sqlite(name: str) -> dict[str, object]:
    """A SQLite database file under `var/`: WAL, synchronous FULL, writers take their turn."""
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / name,
        "OPTIONS": SQLITE_OPTIONS,
        "TEST": {"NAME": VAR_DIR / f"test-{name}"},
    }


if DATABASE_URL and not DATABASE_URL.startswith("sqlite"):
    _default = env.db_url_config(DATABASE_URL)
    _default |= {"CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60), "CONN_HEALTH_CHECKS": True}
    _default["OPTIONS"] = _default.get("OPTIONS", {}) | {
        "connect_timeout": 4,
        "options": "-c statement_timeout=15000 -c lock_timeout=3000",
    }
    DATABASES = {"default": _default}
    CACHE_DATABASE = "default"
else:
    DATABASES = {
        "default": sqlite(DATABASE_URL.removeprefix("sqlite:///") or "db.sqlite3"),
        "cache": sqlite("cache.sqlite3"),
    }
    # The router keeps every model out of it: a test run need not walk through all migrations to find that.
    DATABASES["cache"]["TEST"] = {"NAME": VAR_DIR / "test-cache.sqlite3", "MIGRATE": False}
    CACHE_DATABASE = "cache"
DATABASE_ROUTERS = ["core.routers.CacheRouter"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    },
}
REDIS_URL = env.str("REDIS_URL", "") or None  # without it Celery hands over through files under var/
REDIS_KEY_PREFIX = env.str("REDIS_KEY_PREFIX", "lbs:")  # so that a Redis can be shared
SLOW_LIMIT = env.int("SLOW_LIMIT", 1)  # slow jobs at once, over all workers; one child stays free for mail
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
MAX_UPLOAD_BYTES = 15 * 1024 * 1024  # also the most that one request carries
MAX_VIDEO_BYTES = 200 * 1024 * 1024  # in pieces
MAX_PERSON_BYTES = 1024 * 1024 * 1024
MAX_SCOPE_BYTES = 4 * 1024 * 1024 * 1024  # of a team

# -- people and sign-in ------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/start/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupNameForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
if MODE == "test":
    ACCOUNT_RATE_LIMITS = False

# -- sessions: a shared computer is the default -----------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=24).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.errors.csrf_failure"
if IS_HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    if TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
else:
    SESSION_COOKIE_NAME = "session"
    CSRF_COOKIE_NAME = "csrf"
    LANGUAGE_COOKIE_NAME = "language"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if IS_HTTPS else []
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# -- what a browser may do with our pages ------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "blob:"],
    "media-src": [CSP.SELF, "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# -- mail: written as a job, sent by a worker ---------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", "Learning Breakthrough <no-reply@localhost>")
MAIL_DIR = VAR_DIR / "mail"
if IS_PRODUCTION:
    _mail = env.email_url_config(required("MAIL_URL"))  # smtp+tls://user:password@host:587
    _options = {
        "host": _mail["EMAIL_HOST"],
        "port": _mail["EMAIL_PORT"],
        "username": _mail["EMAIL_HOST_USER"],
        "password": _mail["EMAIL_HOST_PASSWORD"],
        "use_tls": _mail.get("EMAIL_USE_TLS", False),
        "use_ssl": _mail.get("EMAIL_USE_SSL", False),
        "timeout": 10,
    }
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": _options}}
else:
    MAILERS = {"default": {"BACKEND": "core.mail.MailboxBackend"}}

# -- languages and time -----------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
FORMAT_MODULE_PATH = ["lbs.formats"]
LOCALE_PATHS = [BASE_DIR / "locale", Path(rest_framework.__file__).parent / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# -- static files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "core.static.HashedStorage"
    },
}

# -- the API ---------------------------------------------------------------------------------------------
# Nothing is open unless a view says so, JSON is all that is spoken, and nothing is guessed from a client.
API_PREFIX = "/api/"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.protocol.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.protocol.CleanJSON"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.protocol.AlwaysJSON",
    "DEFAULT_PAGINATION_CLASS": "api.protocol.Pages",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.answer_problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Learning Breakthrough",
    "DESCRIPTION": "Read and log in the series that you belong to. docs/api.md tells how.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "SeriesStatus": "series.models.SeriesStatus",
        "TeamStatus": "teams.models.TeamStatus",
        "PlanItemStatus": "progress.models.PlanItemStatus",
        "Channel": "progress.models.Channel",
        "Visibility": "storymaps.models.Visibility",
        "CommentKind": "storymaps.models.CommentKind",
        "MeasureKind": "measures.models.Kind",
        "WhoReads": "api.serializers.WHO_READS",
        "Language": LANGUAGES,
    },
}

# -- logs: no personal text ------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
    "root": {"handlers": ["out"], "level": env.str("LOG_LEVEL", "WARNING" if MODE == "test" else "INFO")},
}
