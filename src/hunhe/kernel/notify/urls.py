from django.urls import path

from hunhe.kernel.notify import views

root = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/<int:notice_id>/", views.open_notice, name="open"),
]
