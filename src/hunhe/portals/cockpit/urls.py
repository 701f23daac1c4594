from django.urls import path

from hunhe.portals.cockpit import views

cockpit = [
    path("", views.wall, name="wall"),
    path("indicators/", views.indicators, name="indicators"),
    path("claims/", views.claims, name="claims"),
    path("indicators/<str:indicator>/", views.drill, name="drill"),
]
