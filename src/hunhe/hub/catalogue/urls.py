from django.urls import path

from hunhe.hub.catalogue import views

desk = [
    path("catalogue/", views.entries, name="entries"),
    path("catalogue/<str:code>/", views.entry, name="entry"),
]
root = [
    path("catalogue.ttl", views.dcat_catalogue, name="dcat"),
    path("catalogue/<str:code>", views.place, name="place"),
    path("api/3/action/<str:name>", views.action, name="action"),
    path("api/action/<str:name>", views.action),  # as clients that know no version say it
]
