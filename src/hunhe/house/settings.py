"""Settings: all from the environment, all with a default that serves a single machine.

HUNHE_VAR data folder · HUNHE_CITY city content folder · HUNHE_DATABASE postgres://… (default: SQLite in the folder) ·
HUNHE_KEYS key folder · HUNHE_DEMO=1 a demo folder · HUNHE_CRYPTO intl|gm · HUNHE_HOSTS comma-separated host names ·
HUNHE_ORIGIN public origin, needed behind TLS.
"""

import contextlib
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hunhe.house.rooms import room_apps, room_locales
from hunhe.stone.paths import DataFolder

SOURCE = Path(__file__).resolve().parents[1]
HUNHE_VAR = DataFolder(Path(os.environ.get("HUNHE_VAR", "var")).resolve())
HUNHE_KEYS = Path(os.environ.get("HUNHE_KEYS", HUNHE_VAR.keys))
HUNHE_CITY = Path(os.environ["HUNHE_CITY"]).resolve() if "HUNHE_CITY" in os.environ else None
HUNHE_DEMO = os.environ.get("HUNHE_DEMO") == "1"
HUNHE_SHARED_SECONDS = 2.0  # a figure this young is shown to everybody who asks
HUNHE_CRYPTO = os.environ.get("HUNHE_CRYPTO", "intl")
HUNHE_ORIGIN = os.environ.get("HUNHE_ORIGIN", "")


def _secret_key() -> str:
    """Made once per key folder, kept beside the signing keys."""
    path = HUNHE_KEYS / "session.key"
    HUNHE_KEYS.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        contextlib.suppress(FileExistsError),
        os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file,
    ):
        file.write(os.urandom(48).hex())
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("HUNHE_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host]
CSRF_TRUSTED_ORIGINS = [HUNHE_ORIGIN] if HUNHE_ORIGIN else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HUNHE_ORIGIN.startswith("https")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "axes",
    *room_apps(SOURCE),  # before allauth, whose pages identity replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.forms",  # after the rooms: ui restyles the form templates
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "hunhe.ui.middleware.PoliteMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hunhe.kernel.identity.middleware.WhoMiddleware",
    "hunhe.ui.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "hunhe.house.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SOURCE / "ui" / "templates"],  # before allauth's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hunhe.ui.context.page",
            ],
            "builtins": ["hunhe.ui.templatetags.ui", "django.templatetags.i18n"],
        },
    }
]


def _database() -> dict[str, object]:
    url = os.environ.get("HUNHE_DATABASE", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HUNHE_VAR.database,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 10,
                "transaction_mode": "IMMEDIATE",  # DEFERRED read-then-write meets lock errors
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;",
            },
            "TEST": {"NAME": HUNHE_VAR.root / "test.sqlite"},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "hunhe.kernel.identity.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "hunhe.kernel.identity.sign_in.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # axes counts, in the database, for all processes
SESSION_COOKIE_AGE = 12 * 3600
MFA_ADAPTER = "hunhe.kernel.identity.sign_in.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Hunhe"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "hunhe.kernel.identity.sign_in.locked"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = room_locales(SOURCE)
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HUNHE_VAR.root / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"/static/ui/build/.+\.[0-9a-f]{8}\.\w+$"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "style-src": ["'self'", "'unsafe-inline'"],  # widths of bars and rivers are style attributes
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"hunhe": {"level": "INFO"}},
}
