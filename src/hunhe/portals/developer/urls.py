from django.urls import path

from hunhe.portals.developer import views

developer = [
    path("", views.services, name="services"),
    path("services/<str:code>/", views.service, name="service"),
    path("keys/", views.keys, name="keys"),
    path("keys/<str:client_id>/revoke/", views.revoke, name="revoke"),
    path("reference/", views.reference, name="reference"),
]
