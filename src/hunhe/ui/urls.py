from django.urls import path
from django.views.i18n import set_language

from hunhe.ui import views

root = [
    path("settings/language/", set_language, name="language"),
    path("settings/layout/", views.layout, name="layout"),
    path("settings/motion/", views.motion, name="motion"),
]
citizen = [path("settings/", views.settings, name="settings")]
developer = [path("components/", views.components, name="components")]
