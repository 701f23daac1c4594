from django.urls import path

from hunhe.wallet.code import desk as pages
from hunhe.wallet.code import offline, views

citizen = [
    path("code/", views.show, name="show"),
    path("code/real-name/", views.real_name, name="real_name"),
    path("code/real-person/", views.real_person, name="real_person"),
    path("code/devices/", views.devices, name="devices"),
    path("code/devices/<slug:device_id>/<slug:verb>/", views.change_device, name="change_device"),
]
desk = [
    path("terminal/", pages.terminal, name="terminal"),
    path("terminals/", pages.terminals, name="terminals"),
    path("terminals/register/", pages.register, name="register"),
    path("terminals/<slug:terminal_id>/revoke/", pages.revoke, name="revoke"),
    path("terminals/connection/", pages.connection, name="connection"),
]
root = [
    path("sw.js", offline.worker, name="worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
]
