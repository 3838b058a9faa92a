"""Posts of exchange rounds and their answers, as the search finds them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.text import plain
from exchange.models import Answer, Post
from search.models import Level, SearchRow
from search.registry import Kind, Words, register


def where(post: Post) -> Mapping[str, Any]:
    return {"round": post.round.number, "post": post.pk}


def words_of_post(post: Post) -> Words:
    series, day = post.round.series_id, post.posted_at.date()
    return Words(
        "", plain(post.text), series, post.team_id, Level.SERIES, day, post.language, address=where(post)
    )


def words_of_answer(answer: Answer) -> Words:
    post = answer.post
    text = "\n".join(filter(None, map(plain, (answer.resonates, answer.wonders, answer.offers))))
    series, day = post.round.series_id, answer.written_at.date()
    return Words("", text, series, post.team_id, Level.SERIES, day, answer.language, address=where(post))


def post_url(row: SearchRow) -> str:
    return reverse("exchange:post", args=[row.series.slug, row.address["round"], row.address["post"]])


register(
    Kind(
        "post",
        label=_("Exchange posts"),
        noun=_("exchange post"),
        rows=lambda: Post.objects.standing().exclude(text="").select_related("round", "team"),
        words=words_of_post,
        url=post_url,
        readable=lambda user: Post.objects.visible_to(user).standing(),
    )
)
register(
    Kind(
        "peer-answer",
        label=_("Answers to exchange posts"),
        noun=_("answer to an exchange post"),
        rows=lambda: Answer.objects.standing().filter(post__withdrawn_at=None).select_related("post__round"),
        words=words_of_answer,
        url=lambda row: f"{post_url(row)}#answer-{row.object_id}",
        readable=lambda user: Answer.objects.visible_to(user).standing().filter(post__withdrawn_at=None),
        touched_by={Post: lambda post: Q(post=post)},
    )
)
