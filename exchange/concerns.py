"""Of what in the exchange one can tell the facilitators: posts and their answers."""

from django.utils.translation import gettext_lazy as _

from coaching.concern_kinds import ConcernKind, register
from exchange.models import Answer, Post
from exchange.reading import post_url

register(
    ConcernKind(
        "post",
        noun=_("exchange post"),
        readable=lambda user: (
            Post.objects.visible_to(user).standing().select_related("team", "round__series")
        ),
        title=lambda post: post.text or str(post),
        url=post_url,
        in_series="round__series",
    )
)
register(
    ConcernKind(
        "post-answer",
        noun=_("answer to an exchange post"),
        readable=lambda user: (
            Answer.objects.visible_to(user).standing().select_related("post__team", "post__round__series")
        ),
        title=lambda answer: " ".join(words for _heading, words in answer.parts),
        url=lambda answer: f"{post_url(answer.post)}#answer-{answer.pk}",
        team=lambda answer: answer.post.team,
        in_series="post__round__series",
    )
)
