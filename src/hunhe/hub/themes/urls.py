from django.urls import path

from hunhe.hub.themes import views

desk = [
    path("themes/", views.themes, name="themes"),
    path("themes/what-if/", views.what_if, name="what_if"),
    path("themes/what-if/withdraw/", views.withdraw, name="withdraw"),
    path("themes/what-if/<slug:withdrawal_id>/lift/", views.lift, name="lift"),
    path("themes/<slug:theme>/", views.theme, name="theme"),
    path("themes/<slug:theme>/run/", views.run, name="run"),
    path("themes/<slug:theme>/<slug:table>/", views.table, name="table"),
]
