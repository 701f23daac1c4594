from django.urls import path

from hunhe.wallet.licence import views

root = [
    path("verify/", views.verify_form, name="verify_form"),
    path("verify/authority.pem", views.authority, name="authority"),
    path("verify/<str:code>/", views.verify, name="verify"),
    path(".well-known/jwt-vc-issuer", views.issuer, name="issuer"),
]
