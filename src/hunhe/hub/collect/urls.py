from django.urls import path

from hunhe.hub.collect import views

desk = [
    path("batches/", views.batches, name="batches"),
    path("batches/<slug:batch_id>/", views.batch, name="batch"),
    path("batches/<slug:batch_id>/correct/", views.correct, name="correct"),
    path("datasets/<str:dataset>/collect/", views.collect, name="collect"),
]
