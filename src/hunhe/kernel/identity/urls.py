from django.urls import path

from hunhe.kernel.identity import views

citizen = [
    path("account/", views.account, name="account"),
    path("account/sessions/end/", views.end_sessions, name="end_sessions"),
]
