from django.urls import path

from hunhe.portals.citizen import views

citizen = [
    path("", views.home, name="home"),
    path("find/", views.search, name="search"),
]
