from django.urls import path

from hunhe.kernel.identity import desk_views, views

citizen = [
    path("account/", views.account, name="account"),
    path("account/sessions/end/", views.end_sessions, name="end_sessions"),
]
desk = [
    path("people/", desk_views.people, name="people"),
    path("people/<str:account_id>/", desk_views.person, name="person"),
    path("people/<str:account_id>/posts/", desk_views.appoint, name="appoint"),
    path("people/<str:account_id>/posts/<str:appointment_id>/end/", desk_views.end_appointment, name="end_appointment"),
    path("people/<str:account_id>/reset/", desk_views.reset, name="reset"),
    path("people/<str:account_id>/switch/", desk_views.switch, name="switch"),
    path("stand-ins/", desk_views.stand_ins, name="stand_ins"),
    path("stand-ins/<str:delegation_id>/end/", desk_views.end_stand_in, name="end_stand_in"),
]
