"""Addresses of the queue, the workspace, reviews and feedback."""

from __future__ import annotations

from django.urls import path

from reviews.views import comment_templates, conversations, disputes, feedback, publishing, queue, reviews, scoring

app_name = "reviews"
urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("queue/next/", queue.claim, name="claim"),
    path("queue/<int:pk>/release/", queue.release, name="release"),
    path("queue/<int:pk>/skip/", queue.skip, name="skip"),
    path("reviews/", reviews.review_list, name="list"),
    path("reviews/publish/", reviews.publish_mine, name="publish_mine"),
    path("reviews/comment-templates/", comment_templates.template_list, name="comment_templates"),
    path("reviews/comment-templates/new/", comment_templates.new_template, name="new_template"),
    path("reviews/comment-templates/<int:pk>/", comment_templates.edit_template, name="edit_template"),
    path("reviews/comment-templates/<int:pk>/remove/", comment_templates.remove_template, name="remove_template"),
    path("reviews/<int:pk>/", reviews.review, name="review"),
    path("reviews/<int:pk>/transcript-changes/", reviews.transcript_changes, name="transcript_changes"),
    path("reviews/<int:pk>/take-up/", queue.take_up, name="take_up"),
    path("reviews/<int:pk>/draft/", scoring.save, name="save"),
    path("reviews/<int:pk>/submit/", scoring.submit, name="submit"),
    path("reviews/<int:pk>/keep-alive/", scoring.keep_alive, name="keep_alive"),
    path("reviews/<int:pk>/publish/", reviews.publish, name="publish"),
    path("reviews/publish-chosen/", publishing.publish_chosen, name="publish_chosen"),
    path("reviews/<int:pk>/schedule/", publishing.schedule, name="schedule"),
    path("reviews/<int:pk>/hold/", publishing.hold, name="hold"),
    path("reviews/<int:pk>/reopen/", publishing.reopen, name="reopen"),
    path("reviews/<int:pk>/keep/", publishing.keep, name="keep"),
    path("reviews/<int:pk>/send-back/", publishing.send_back, name="send_back"),
    path("reviews/<int:pk>/void/", publishing.void, name="void"),
    path("reviews/<int:pk>/dispute/", disputes.begin, name="begin_dispute"),
    path("disputes/", disputes.dispute_list, name="disputes"),
    path("disputes/<int:pk>/", disputes.dispute, name="dispute"),
    path("disputes/<int:pk>/decide/", disputes.decide, name="decide"),
    path("disputes/<int:pk>/withdraw/", disputes.withdraw, name="withdraw"),
    path("disputes/<int:pk>/escalate/", disputes.escalate, name="escalate"),
    path("conversations/<int:pk>/reviews/", conversations.for_conversation, name="for_conversation"),
    path("conversations/<int:pk>/review/", conversations.review_by_hand, name="review_by_hand"),
    path("feedback/", feedback.feedback_list, name="feedback_list"),
    path("feedback/<int:pk>/", feedback.feedback, name="feedback"),
    path("feedback/<int:pk>/read/", feedback.read, name="read"),
    path("feedback/<int:pk>/acknowledge/", feedback.acknowledge, name="acknowledge"),
]
