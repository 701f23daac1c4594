"""Who stands behind a browser's session, for lanes that see only its cookie."""

from importlib import import_module

from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from hunhe.kernel.identity.models import Account


def account_behind(session_key: str) -> Account | None:
    """The active account signed in under this key; None when it has signed out, or lacks the second factor it needs."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    account = get_user(request)
    return account if isinstance(account, Account) and not lacks_second_factor(account) else None


def lacks_second_factor(account: Account) -> bool:
    """An official outside a demo folder who has not set up one-time codes yet."""
    return not settings.HUNHE_DEMO and account.kind == "official" and not get_adapter().is_mfa_enabled(account)
