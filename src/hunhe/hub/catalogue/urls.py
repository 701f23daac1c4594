from django.urls import path

from hunhe.hub.catalogue import views

desk = [
    path("catalogue/", views.entries, name="entries"),
    path("catalogue/<str:code>/", views.entry, name="entry"),
]
root = [
    path("catalogue.ttl", views.dcat_catalogue, name="dcat"),
    path("api/3/action/package_search", views.package_search, name="package_search"),
    path("api/3/action/package_show", views.package_show, name="package_show"),
]
