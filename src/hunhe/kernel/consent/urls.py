from django.urls import path

from hunhe.kernel.consent import views

citizen = [
    path("consents/", views.consents, name="consents"),
    path("consents/ask/<str:kind>/", views.ask, name="ask"),
    path("consents/<str:consent_id>/withdraw/", views.withdraw, name="withdraw"),
    path("consents/<str:consent_id>/undo/", views.undo, name="undo"),
]
