from django.urls import path

from hunhe.hub.telemetry import views

citizen = [path("air/", views.air, name="air")]
desk = [
    path("warnings/", views.warnings, name="warnings"),
    path("warnings/<str:warning_id>/", views.warning, name="warning"),
    path("sites/<str:site_id>/", views.site, name="site"),
]
