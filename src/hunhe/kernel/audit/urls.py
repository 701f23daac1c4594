from django.urls import path

from hunhe.kernel.audit import views

desk = [path("audit/", views.log, name="log")]
