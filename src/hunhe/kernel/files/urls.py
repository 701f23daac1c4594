from django.urls import path

from hunhe.kernel.files import views

root = [path("files/<str:file_id>", views.download, name="download")]
