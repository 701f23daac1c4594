from django.urls import path

from hunhe.portals.desk import views

desk = [
    path("", views.landing, name="landing"),
    path("find/", views.search, name="search"),
]
