from django.urls import path

from hunhe.networks.service import citizen_views, desk_views

citizen = [
    path("service/", citizen_views.items, name="items"),
    path("service/drafts/<slug:draft_id>/", citizen_views.draft, name="draft"),
    path("service/drafts/<slug:draft_id>/save/", citizen_views.save, name="save"),
    path("service/drafts/<slug:draft_id>/files/<slug:material>/", citizen_views.upload, name="upload"),
    path("service/drafts/<slug:draft_id>/dispute/", citizen_views.dispute, name="dispute"),
    path("service/drafts/<slug:draft_id>/discard/", citizen_views.discard, name="discard"),
    path("service/drafts/<slug:draft_id>/review/", citizen_views.review, name="review"),
    path("service/drafts/<slug:draft_id>/submit/", citizen_views.submit, name="submit"),
    path("service/cases/<slug:case_id>/", citizen_views.my_case, name="my_case"),
    path("service/cases/<slug:case_id>/files/<slug:material>/", citizen_views.correct_file, name="correct_file"),
    path("service/cases/<slug:case_id>/correct/", citizen_views.correct, name="correct"),
    path("service/cases/<slug:case_id>/withdraw/", citizen_views.withdraw, name="withdraw"),
    path("service/cases/<slug:case_id>/rate/", citizen_views.rate, name="rate"),
    path("service/items/<slug:code>/", citizen_views.item, name="item"),
    path("service/items/<slug:code>/start/", citizen_views.start, name="start"),
]
desk = [
    path("service/", desk_views.desk, name="desk"),
    path("service/cases/<slug:case_id>/", desk_views.case, name="desk_case"),
    path("service/cases/<slug:case_id>/materials/<slug:material>/", desk_views.check, name="check"),
    path("service/cases/<slug:case_id>/move/", desk_views.move, name="desk_move"),
    path("service/cases/<slug:case_id>/correct/", desk_views.correct, name="desk_correct"),
    path("service/cases/<slug:case_id>/suspend/", desk_views.suspend, name="desk_suspend"),
    path("service/cases/<slug:case_id>/resume/", desk_views.resume, name="desk_resume"),
    path("service/counter/", desk_views.counter, name="counter"),
    path("service/counter/<slug:code>/", desk_views.counter_item, name="counter_item"),
    path("service/receipts/<slug:case_id>/", desk_views.receipt, name="receipt"),
    path("service/cases/<slug:case_id>/rate/", desk_views.rate, name="desk_rate"),
    path("service/ratings/", desk_views.ratings, name="ratings"),
]
