from django.urls import path

from hunhe.kernel.events import views

desk = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/dead/", views.dead, name="dead"),
    path("jobs/retry/", views.retry, name="retry"),
]
