"""An exchange post in the chain: the story that a team kept of it grew out of it."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exchange.models import Post
from storymaps.chain import HIDDEN, Link, entry_links, register
from storymaps.models import StoryEntry


def post_links(entry: StoryEntry, user: Any) -> list[Link]:
    """The post of which `entry` was kept; hidden where `user` may not read it."""
    readable = Post.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = Post.objects.filter(entry=entry).annotate(is_readable=Exists(readable))
    found = rows.select_related("round__series", "team")
    return [link_to_post(post) if post.is_readable else HIDDEN for post in found]


def link_to_post(post: Post) -> Link:
    series, number = post.round.series, post.round.number
    return Link(
        kind=_("exchange post"),
        title=str(post.round),
        url=reverse("exchange:post", args=[series.slug, number, post.pk]),
        team=post.team.name,
        when=post.posted_at.date(),
        object=post,
    )


register(StoryEntry, grew_out_of=post_links)
register(Post, became=lambda post, user: entry_links(StoryEntry.objects.filter(exchange_post=post), user))
