from django.urls import path

from hunhe.wallet.licence import desk as keeping
from hunhe.wallet.licence import holder, views

root = [
    path("verify/", views.verify_form, name="verify_form"),
    path("verify/authority.pem", views.authority, name="authority"),
    path("verify/<str:code>/", views.verify, name="verify"),
    path(".well-known/jwt-vc-issuer", views.issuer, name="issuer"),
]
citizen = [
    path("licences/", holder.mine, name="mine"),
    path("licences/copies/<slug:copy_id>/revoke/", holder.revoke_copy, name="revoke_copy"),
    path("licences/<slug:licence_id>/", holder.licence, name="licence"),
    path("licences/<slug:licence_id>/copies/new/", holder.new_copy, name="new_copy"),
    path("licences/<slug:licence_id>/credential/", holder.credential, name="credential"),
]
desk = [
    path("licences/", keeping.licences, name="licences"),
    path("licences/<slug:licence_id>/", keeping.licence, name="desk_licence"),
    path("licences/<slug:licence_id>/renew/", keeping.renew, name="renew"),
    path("licences/<slug:licence_id>/<slug:verb>/", keeping.change, name="change"),
]
