from django.urls import path

from hunhe.portals.cockpit import views

cockpit = [
    path("", views.wall, name="wall"),
    path("today/<str:name>/", views.drill, name="drill"),
]
