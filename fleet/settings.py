"""All settings, read from the environment with strict parsers. README lists every variable."""

import os
import sys
from pathlib import Path
from typing import Any

import environ
import pghistory
from celery.schedules import crontab
from csp.constants import NONCE, SELF

from fleet import gis_libraries
from fleet.observability.logs import logging_config
from fleet.site.unfold import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

# --- Core -------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")
STATE_DIR = Path(env.str("STATE_DIR", default=str(BASE_DIR / "build")))
ROOT_URLCONF = "fleet.urls"
ASGI_APPLICATION = "fleet.asgi.application"
WSGI_APPLICATION = "fleet.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # Only replaces runserver; elsewhere it would cost each process a second and Twisted's memory.
    *(["daphne"] if "runserver" in sys.argv else []),
    # Not "unfold": its default configuration would put its own site in the place of ours.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "fleet.site.apps.FleetAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "pgtrigger",
    "pghistory",
    "channels",
    "csp",
    "django_celery_beat",
    "django_prometheus",
    "django_structlog",
    "fleet.accounts",
    "fleet.observability",
    "fleet.realtime",
    "fleet.site",
    "vehicles",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "fleet.accounts.middleware.ActorMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "fleet.accounts.audit_context.AuditMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fleet.accounts.context_processors.organizations",
            ]
        },
    }
]

# --- Database ---------------------------------------------------------------------------------
GDAL_LIBRARY_PATH = env.str(
    "GDAL_LIBRARY_PATH",
    default=gis_libraries.wheel_library(package="pyogrio", pattern="libgdal-*"),
)
GEOS_LIBRARY_PATH = env.str(
    "GEOS_LIBRARY_PATH",
    default=gis_libraries.wheel_library(package="shapely", pattern="libgeos_c-*"),
)
if proj_data := gis_libraries.proj_data():
    os.environ.setdefault("PROJ_DATA", proj_data)

# The role that web, pipeline and worker processes act as. It owns nothing, so the row-level
# security policies hold for it (fleet/accounts/rls.py).
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", default="fleet_app")
# manage.py sets this for the commands that change the schema.
DATABASE_AS_OWNER = env.bool("DATABASE_AS_OWNER", default=False)


def _database() -> dict[str, Any]:
    app_url = env.str("DATABASE_URL")
    owner_url = env.str("DATABASE_OWNER_URL", default=app_url)
    config: dict[str, Any] = env.db_url_config(owner_url if DATABASE_AS_OWNER else app_url)
    options = config.setdefault("OPTIONS", {})
    if owner_url == app_url and not DATABASE_AS_OWNER:
        # Not Django's assume_role: it asks the pool for a connection while making one.
        options["options"] = f"-c role={DATABASE_APP_ROLE}"
    config |= {"ENGINE": "fleet.accounts.backends.postgis", "CONN_HEALTH_CHECKS": True}
    pool_size = env.int("DATABASE_POOL_SIZE", default=0 if DATABASE_AS_OWNER else 10)
    if pool_size:
        options["pool"] = {"min_size": 0, "max_size": pool_size, "timeout": 10}
    return config


DATABASES = {"default": _database()}

# --- Redis: cache, channel layer, Celery, position stream --------------------------------------
REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "fleet:cache",
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "fleet:channels"},
    }
}


def _celery_broker() -> str:
    """Celery spells a unix socket `redis+socket://`, redis-py spells it `unix://`."""
    if not REDIS_URL.startswith("unix://"):
        return REDIS_URL
    path, _, query = REDIS_URL.removeprefix("unix://").partition("?")
    database = dict(p.split("=", 1) for p in query.split("&") if "=" in p).get("db", "0")
    return f"redis+socket://{path}?virtual_host={database}"


CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=_celery_broker())
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "make position partitions ahead": {
        "task": "vehicles.tasks.make_partitions",
        "schedule": crontab(hour=2, minute=10),
    }
}

# --- Accounts ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "fleet.accounts.adapters.ClosedSignupAdapter"
ACCOUNT_RATE_LIMITS = {
    "login_failed": env.str("LOGIN_FAILED_RATE", default="10/m/ip,5/15m/key"),
    "login": env.str("LOGIN_RATE", default="30/m/ip"),
}
# Field-encryption salt; rotates separately from SECRET_KEY. A list: first encrypts, all decrypt.
SALT_KEY = env.list("FIELD_ENCRYPTION_SALTS", default=["fleet-field-encryption"])

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SECURE_COOKIES", default=False)
SESSION_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Fleet <fleet@localhost>")

# --- Pages ------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = STATE_DIR / "staticfiles"
# WhiteNoise warns about a missing folder before the first collectstatic.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [("src", BASE_DIR / "static/src"), ("vendor", BASE_DIR / "static/vendor")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "fleet.site.storage.ModuleManifestStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# Any MapLibre style URL, or a .pmtiles file. Both empty: bundled Natural Earth outlines.
MAP_STYLE_URL = env.str("MAP_STYLE_URL", default="")
MAP_PMTILES_URL = env.str("MAP_PMTILES_URL", default="")
_map_origins = env.list("MAP_ORIGINS", default=[])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:", *_map_origins],
        "connect-src": [SELF, *_map_origins],
        "worker-src": [SELF],
        "font-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
    },
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Positions: ingest, pipeline, live ---------------------------------------------------------
INGEST_SHARDS = env.int("INGEST_SHARDS", default=4)
INGEST_STREAM_MAX = env.int("INGEST_STREAM_MAX", default=200_000)
INGEST_MAX_BODY_BYTES = 5 * 1024 * 1024
INGEST_REGISTRY_TTL_S = env.float("INGEST_REGISTRY_TTL_S", default=10.0)
PIPELINE_BATCH_FIXES = env.int("PIPELINE_BATCH_FIXES", default=10_000)
PIPELINE_BATCH_WAIT_MS = env.int("PIPELINE_BATCH_WAIT_MS", default=20)
PIPELINE_CLAIM_IDLE_MS = env.int("PIPELINE_CLAIM_IDLE_MS", default=15_000)
PIPELINE_METRICS_PORT = env.int("PIPELINE_METRICS_PORT", default=0)
PLAUSIBLE_SPEED_MPS = env.float("PLAUSIBLE_SPEED_MPS", default=70.0)
POSITION_PARTITIONS_BACK = env.int("POSITION_PARTITIONS_BACK", default=12)
POSITION_PARTITIONS_AHEAD = env.int("POSITION_PARTITIONS_AHEAD", default=3)
LIVE_TICK_MS = env.int("LIVE_TICK_MS", default=100)
LIVE_MAX_CONNECTIONS_PER_USER = env.int("LIVE_MAX_CONNECTIONS_PER_USER", default=20)
LIVE_HEARTBEAT_S = env.int("LIVE_HEARTBEAT_S", default=15)
READY_MAX_LAG_S = env.float("READY_MAX_LAG_S", default=60.0)

# --- Audit, logs ------------------------------------------------------------------------------
PGHISTORY_DEFAULT_TRACKERS = (
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
)
LOGGING = logging_config(
    json=env.bool("LOG_JSON", default=not sys.stderr.isatty()),
    level=env.str("LOG_LEVEL", default="INFO"),
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
PROMETHEUS_EXPORT_MIGRATIONS = False
