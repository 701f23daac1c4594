from django.urls import path

from hunhe.hub.bases import own_views, views

citizen = [
    path("mydata/record/", own_views.own, name="own"),
    path("mydata/record/<slug:field>/", own_views.question, name="question"),
]
desk = [
    path("bases/", views.bases, name="bases"),
    path("bases/<slug:base>/", views.base, name="base"),
    path("bases/<slug:base>/find/", views.find, name="find"),
    path("bases/<slug:base>/build/", views.build, name="build"),
    path("bases/<slug:base>/merges/", views.merges, name="merges"),
    path("bases/<slug:base>/merges/<slug:merge_id>/decide/", views.decide, name="decide"),
    path("bases/<slug:base>/<slug:subject_id>/", views.subject, name="subject"),
    path("bases/<slug:base>/<slug:subject_id>/merge/", views.propose, name="propose"),
]
