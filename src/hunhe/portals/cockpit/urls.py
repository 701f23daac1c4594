from django.urls import path

from hunhe.portals.cockpit import views

cockpit = [
    path("", views.wall, name="wall"),
    path("indicators/", views.indicators, name="indicators"),
    path("claims/", views.claims, name="claims"),
    path("happenings/", views.happenings, name="happenings"),
    path("orders/", views.orders, name="orders"),
    path("indicators/<str:indicator>/ask/", views.ask, name="ask"),
    path("indicators/<str:indicator>/", views.drill, name="drill"),
]
