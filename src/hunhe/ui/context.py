"""What every template may use."""

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    return {"who": getattr(request, "who", None)}
