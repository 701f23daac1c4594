"""Every room's pages and endpoints, mounted by skin; rooms are found, not listed."""

import importlib
import importlib.util
from functools import partial

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from ninja import NinjaAPI
from ninja.openapi.views import openapi_json

from hunhe.kernel.identity.security import ApiAuth
from hunhe.ui.problems import install_problem_handlers

MOUNTS = {"citizen": "", "root": "", "desk": "desk/", "cockpit": "cockpit/", "developer": "developer/"}


def _rooms_with(part: str) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for config in apps.get_app_configs():
        name = f"{config.name}.{part}"
        if config.name.startswith("hunhe.") and importlib.util.find_spec(name) is not None:
            found.append((config.label, importlib.import_module(name)))
    return found


def _pages() -> list[URLResolver]:
    found = []
    for label, module in _rooms_with("urls"):
        patterns = [path(prefix, include(getattr(module, skin))) for skin, prefix in MOUNTS.items() if hasattr(module, skin)]
        found.append(path("", include((patterns, label))))
    return found


def _api() -> NinjaAPI:
    api = NinjaAPI(title="Hunhe", version="1", openapi_url=None, docs_url=None, urls_namespace="api", auth=ApiAuth())
    install_problem_handlers(api)
    for label, module in _rooms_with("endpoints"):
        if hasattr(module, "router"):
            api.add_router(f"/{label}/", module.router, tags=[label])
    return api


api = _api()
urlpatterns: list[URLPattern | URLResolver] = [
    *_pages(),
    path("api/openapi.json", partial(openapi_json, api=api), name="openapi"),
    path("api/v1/", api.urls),
    path("accounts/", include("hunhe.kernel.identity.sign_in")),
]
