from django.urls import path

from hunhe.wallet.mydata import desk_views, views

citizen = [
    path("mydata/", views.hub, name="hub"),
    path("mydata/copy/", views.copy, name="copy"),
    path("mydata/erase/", views.erase, name="erase"),
]
desk = [
    path("erasures/", desk_views.erasures, name="erasures"),
    path("erasures/<slug:case_id>/", desk_views.erasure, name="erasure"),
    path("erasures/<slug:case_id>/check/", desk_views.check, name="check"),
    path("erasures/<slug:case_id>/decide/", desk_views.decide, name="decide"),
    path("erasures/<slug:case_id>/refuse/", desk_views.refuse, name="refuse"),
]
