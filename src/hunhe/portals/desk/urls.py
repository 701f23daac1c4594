from django.urls import path

from hunhe.portals.desk import views

desk = [
    path("", views.landing, name="landing"),
    path("find/", views.search, name="search"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<str:letter>/retry/", views.retry, name="retry"),
]
