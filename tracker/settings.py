"""Settings, read from the environment; nothing set means one office on SQLite with files under var/.

Every variable is named in docs/SETTINGS.md, and a test holds that table against this file.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_flag(name: str, default: bool = False) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off; anything else is refused."""
    text = env_text(name, "1" if default else "0").lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"环境变量 {name} 应为 1 或 0，现在是“{text}”。")


def env_number(name: str, default: int, *, least: int = 0) -> int:
    text = env_text(name, str(default))
    if not text.isdigit() or int(text) < least:
        raise ImproperlyConfigured(f"环境变量 {name} 应为不小于 {least} 的整数，现在是“{text}”。")
    return int(text)


def env_choice(name: str, choices: tuple[str, ...]) -> str:
    """One of ``choices``; the first when nothing is set."""
    text = env_text(name, choices[0])
    if text not in choices:
        raise ImproperlyConfigured(f"环境变量 {name} 应为 {'、'.join(choices)} 之一，现在是“{text}”。")
    return text


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env_text(name, default).split(",") if item.strip()]


DATA_DIR = Path(env_text("JIANNUO_DATA", str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def secret_key() -> str:
    """The key of this installation: given, or made once and kept in the data folder, readable by its owner only."""
    if given := env_text("JIANNUO_SECRET_KEY"):
        return given
    path = DATA_DIR / "secret_key"
    if not path.exists():
        new = DATA_DIR / f"secret_key.{os.getpid()}"
        new.touch(mode=0o600)
        new.write_text(get_random_secret_key(), encoding="utf-8")
        # link, not rename: of two processes that start at once the first wins and both read the same key
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(new)
        new.unlink()
    return path.read_text(encoding="utf-8").strip()


SECRET_KEY = secret_key()
DEBUG = env_flag("JIANNUO_DEBUG")
ALLOWED_HOSTS = env_list("JIANNUO_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env_list("JIANNUO_ORIGINS")

INSTALLED_APPS = [
    "reports",
    "tracker",
    "tracker.adminconfig.JiannuoAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "simple_history",
    "import_export",
    "axes",
]

MIDDLEWARE = [
    "tracker.services.connections.trust_quiet_connections",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
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
                "tracker.views.frame.frame",
                "reports.context.unread_notices",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.parse(
        env_text("JIANNUO_DATABASE_URL", f"sqlite:///{DATA_DIR / 'jiannuo.sqlite3'}"),
        conn_max_age=env_number("JIANNUO_DATABASE_MAX_AGE", 60),
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets pages be read while a worker writes; IMMEDIATE makes writers queue instead of failing half-way
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # a page asks small questions: to compile them or to share them among processes takes longer than to answer them;
    # and what a common word finds has to fit into memory row by row, or every row of its pages is looked at again
    tuning = "-c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=32MB"
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", tuning)
    # what every page asks (tracker.services.prepared) is planned once for each connection, not for each page
    DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 2)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "front"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "tracker.sessions"
SESSION_COOKIE_AGE = env_number("JIANNUO_SESSION_HOURS", 10, least=1) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env_flag("JIANNUO_HTTPS")
if env_flag("JIANNUO_HTTPS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
AXES_FAILURE_LIMIT = env_number("JIANNUO_LOGIN_TRIES", 5, least=1)
AXES_COOLOFF_TIME = env_number("JIANNUO_LOGIN_PAUSE_HOURS", 1, least=1)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "tracker" / "locale"]
TIME_ZONE = env_text("JIANNUO_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "media/"
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if env_text("JIANNUO_S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env_text("JIANNUO_S3_BUCKET"),
            "endpoint_url": env_text("JIANNUO_S3_URL") or None,
            "access_key": env_text("JIANNUO_S3_KEY"),
            "secret_key": env_text("JIANNUO_S3_SECRET"),
            "file_overwrite": False,
        },
    }
METRICS_TOKEN = env_text("JIANNUO_METRICS_TOKEN")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 100
# a department with many goals fills in seven fields for each on one page
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
UPLOAD_LIMIT = env_number("JIANNUO_UPLOAD_MB", 100, least=1) * 1024 * 1024
INBOX = DATA_DIR / "inbox"

EMAIL_BACKEND = env_text("JIANNUO_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = env_text("JIANNUO_EMAIL_HOST", "localhost")
EMAIL_PORT = env_number("JIANNUO_EMAIL_PORT", 25)
EMAIL_HOST_USER = env_text("JIANNUO_EMAIL_USER")
EMAIL_HOST_PASSWORD = env_text("JIANNUO_EMAIL_PASSWORD")
EMAIL_USE_TLS = env_flag("JIANNUO_EMAIL_TLS")
DEFAULT_FROM_EMAIL = env_text("JIANNUO_EMAIL_FROM", "jiannuo@localhost")
WEBHOOK_URL = env_text("JIANNUO_WEBHOOK_URL")
# hyperlinks in workbooks, bulletins and notices lead here
BASE_URL = env_text("JIANNUO_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
OFFICE = env_text("JIANNUO_OFFICE", "督查室")

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env_text("JIANNUO_CACHE_URL")}
    if env_text("JIANNUO_CACHE_URL")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# The queue. Messages carry only a job's id; the job table decides what is to be done, so a lost message loses nothing.
QUEUE_DIR = DATA_DIR / "queue"
CELERY_BROKER_URL = env_text("JIANNUO_BROKER_URL", "filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem"):
    for part in ("messages", "processed", "control"):
        (QUEUE_DIR / part).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "processed_folder": str(QUEUE_DIR / "processed"),
        "control_folder": str(QUEUE_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
CELERY_TASK_DEFAULT_QUEUE = env_text("JIANNUO_QUEUE", "jiannuo")
CELERY_WORKER_PREFETCH_MULTIPLIER = 8 if CELERY_BROKER_URL.startswith("filesystem") else 1
CELERY_TASK_IGNORE_RESULT = True
if env_text("JIANNUO_RESULT_URL"):
    CELERY_RESULT_BACKEND = env_text("JIANNUO_RESULT_URL")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = env_number("JIANNUO_TASK_MINUTES", 30, least=1) * 60
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
JOB_LEASE_SECONDS = env_number("JIANNUO_JOB_LEASE_SECONDS", 30, least=1)
JOB_RESEND_SECONDS = env_number("JIANNUO_JOB_RESEND_SECONDS", 120, least=1)
SWEEP_SECONDS = env_number("JIANNUO_SWEEP_SECONDS", 10, least=1)
# messages of the beat that no worker took in time are worth nothing: the next one does the same
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "tracker.tasks.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "inbox": {"task": "tracker.tasks.scan_inbox", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "close_month": {"task": "reports.tasks.close_month", "schedule": crontab(hour=2, minute=10)},
    "sweep_ledger_files": {"task": "reports.tasks.sweep_ledger_files", "schedule": 60, "options": {"expires": 60}},
    "send_notices": {"task": "reports.tasks.send_notices", "schedule": crontab(hour=8, minute=30)},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "tracker.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": env_choice("JIANNUO_LOG_FORMAT", ("line", "json"))}},
    "root": {"handlers": ["console"], "level": env_text("JIANNUO_LOG_LEVEL", "INFO")},
}
