from django.urls import path

from hunhe.hub.exchange import desk as pages
from hunhe.hub.exchange import receivers, views

citizen = [
    path("uses/", views.uses, name="uses"),
    path("uses/<str:entry_id>/", views.use, name="use"),
]
desk = [
    path("exchange/", pages.grants, name="grants"),
    path("exchange/services/", pages.services, name="services"),
    path("exchange/services/<str:code>/apply/", pages.apply, name="apply"),
    path("exchange/requests/<str:case_id>/", pages.request_page, name="request"),
    path("exchange/requests/<str:case_id>/decide/", pages.decide, name="decide"),
    path("exchange/requests/<str:case_id>/correct/", pages.correct, name="correct"),
    path("exchange/requests/<str:case_id>/<str:move>/", pages.move, name="move"),
    path("exchange/receivers/", receivers.receivers, name="receivers"),
    path("exchange/receivers/<str:subscription_id>/", receivers.receiver, name="receiver"),
    path("exchange/receivers/<str:subscription_id>/<str:verb>/", receivers.change, name="receiver_change"),
    path("exchange/grants/<str:grant_id>/", pages.grant, name="grant"),
    path("exchange/grants/<str:grant_id>/receiver/", receivers.add, name="receiver_add"),
    path("exchange/grants/<str:grant_id>/<str:verb>/", pages.change, name="change"),
    path("exchange/calls/", pages.calls, name="calls"),
    path("exchange/trace/<str:entry_id>/", pages.trace, name="trace"),
]
