from django.urls import path

from hunhe.portals.cockpit import views

cockpit = [
    path("", views.wall, name="wall"),
    path("indicators/<str:indicator>/", views.drill, name="drill"),
]
