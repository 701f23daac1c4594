from django.urls import path

from hunhe.networks.governance import desk as pages
from hunhe.networks.governance import views

citizen = [
    path("street/", views.mine, name="mine"),
    path("street/new/", views.new, name="new"),
    path("street/nearby/", views.nearby, name="nearby"),
    path("street/photos/<str:photo_id>/", views.photo, name="photo"),
    path("street/<str:problem_id>/", views.report, name="report"),
    path("street/<str:problem_id>/reopen/", views.reopen, name="reopen"),
]
desk = [
    path("dispatch/", pages.board, name="board"),
    path("street/new/", pages.new, name="patrol"),
    path("street/orders/", pages.orders, name="orders"),
    path("street/checks/", pages.checks, name="checks"),
    path("street/teams/", pages.teams, name="teams"),
    path("street/overdue/", pages.overdue, name="overdue"),
    path("street/<str:problem_id>/", pages.problem, name="problem"),
    path("street/<str:problem_id>/send/", pages.send, name="send"),
    path("street/<str:problem_id>/take/", pages.take, name="take"),
    path("street/<str:problem_id>/fix/", pages.fix, name="fix"),
    path("street/<str:problem_id>/check/", pages.check, name="check"),
    path("street/<str:problem_id>/move/", pages.move, name="move"),
]
