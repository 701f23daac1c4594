from django.urls import path

from hunhe.wallet.functions import views

desk = [
    path("functions/", views.functions, name="functions"),
    path("functions/<slug:function>/switch/", views.switch, name="switch"),
]
