from django.urls import path

from hunhe.kernel.flow import citizen_views, desk_views

desk = [
    path("cases/", desk_views.inbox, name="inbox"),
    path("cases/new/<slug:procedure>/", desk_views.new_case, name="desk_new"),
    path("cases/<slug:case_id>/", desk_views.case, name="case"),
    path("cases/<slug:case_id>/move/", desk_views.move, name="move"),
    path("cases/<slug:case_id>/extension/", desk_views.extension, name="extension"),
    path("cases/<slug:case_id>/suspend/", desk_views.suspend, name="suspend"),
    path("cases/<slug:case_id>/resume/", desk_views.resume, name="resume"),
]
citizen = [
    path("cases/", citizen_views.mine, name="mine"),
    path("cases/new/<slug:procedure>/", citizen_views.new_case, name="new"),
    path("cases/<slug:case_id>/", citizen_views.case, name="my_case"),
    path("cases/<slug:case_id>/move/", citizen_views.move, name="my_move"),
]
