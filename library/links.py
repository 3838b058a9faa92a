"""Where resources stand in the chain, on the pages of stories, and beside answers to calls for help."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import SERIES_ROLES, Role, roles_on
from coaching.acts import Act, answer_acts
from coaching.models import HelpAnswer, HelpCall
from core.text import first_sentence
from library.models import Resource
from library.reading import key_of, marks_on
from progress.models import PlanItem
from storymaps.acts import panels
from storymaps.chain import HIDDEN, Link, entry_links, item_links, register
from storymaps.models import StoryEntry, Visibility

# --- the chain ---------------------------------------------------------------------------------------


def resource_links(resources: QuerySet[Resource], user: Any) -> list[Link]:
    """A link for each of `resources`; hidden where `user` may not read it, or it was withdrawn."""
    readable = Resource.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = resources.annotate(is_readable=Exists(readable)).select_related("series", "team").order_by("pk")
    return [_link_to(resource) if resource.is_readable else HIDDEN for resource in rows]


def _link_to(resource: Resource) -> Link:
    return Link(
        kind=gettext_lazy("resource"),
        title=resource.title,
        url=reverse("library:resource", args=[resource.series.slug, resource.pk]),
        team=resource.team.name if resource.team else "",
        when=resource.shared_at.date(),
        object=resource,
        language=resource.language,
    )


def _answer_links(resource: Resource, user: Any) -> list[Link]:
    """The answer that it came from: whose question that was is told to those who read the call."""
    answer = resource.from_answer
    if answer is None or answer.removed_at is not None:
        return []
    calls = HelpCall.objects.visible_to(user).select_related("team__series")
    call = calls.filter(pk=answer.call_id).first()
    if call is None:
        return [HIDDEN]
    url = reverse("coaching:help-call", args=[call.team.series.slug, call.team.slug, call.pk])
    return [
        Link(
            kind=gettext_lazy("answer to a call for help"),
            title=first_sentence(answer.text, 100),
            url=f"{url}#answer-{answer.pk}",
            team=call.team.name,
            when=answer.written_at.date(),
            object=answer,
        )
    ]


register(
    Resource,
    grew_out_of=lambda resource, user: [
        *_answer_links(resource, user),
        *entry_links(StoryEntry.objects.filter(resources=resource), user),
    ],
    became=lambda resource, user: [
        *item_links(PlanItem.objects.filter(uses__resource=resource), user),
        *entry_links(StoryEntry.objects.filter(tells_of_uses__resource=resource), user),
    ],
)
register(
    StoryEntry,
    grew_out_of=lambda entry, user: [
        *resource_links(Resource.objects.filter(uses__story=entry), user),
        *entry_links(StoryEntry.objects.filter(uses__story=entry), user),
    ],
    became=lambda entry, user: [
        *resource_links(Resource.objects.filter(from_entry=entry), user),
        *item_links(PlanItem.objects.filter(uses__entry=entry), user),
        *entry_links(StoryEntry.objects.filter(tells_of_uses__entry=entry), user),
    ],
)
register(
    PlanItem,
    grew_out_of=lambda item, user: [
        *resource_links(Resource.objects.filter(uses__item=item), user),
        *entry_links(StoryEntry.objects.filter(uses__item=item), user),
    ],
)


# --- the page of a story -----------------------------------------------------------------------------


def used_by_panel(request: HttpRequest, entry: StoryEntry) -> dict[str, Any] | None:
    """Which teams try what a story tells, and for a reader of another team the button to say so."""
    if entry.visibility == Visibility.TEAM or entry.is_intended:
        return None
    marks = marks_on([entry], request.user, entry.team.series)[key_of(entry)]
    if not marks.used_by and not marks.mine:
        return None
    return {"template": "library/story_panel.html", "marks": marks, "back": "story"}


panels.append(used_by_panel)


# --- an answer to a call for help --------------------------------------------------------------------


def resource_acts(user: Any, call: HelpCall, answers: Sequence[HelpAnswer]) -> dict[int, list[Act]]:
    """The way from an answer to the shelf: to the resource that it became, or to the form for it."""
    if not answers:
        return {}
    slug = call.team.series.slug
    made = {
        resource.from_answer_id: resource
        for resource in Resource.objects.visible_to(user).standing().filter(from_answer__call=call)
    }
    helps = bool(roles_on(user, call) & ({Role.COACH, *SERIES_ROLES} - {Role.OBSERVER}))
    found: dict[int, list[Act]] = {}
    for answer in answers:
        if resource := made.get(answer.pk):
            url = reverse("library:resource", args=[slug, resource.pk])
            found[answer.pk] = [
                Act(_("On the resource shelf: %(title)s") % {"title": resource.title}, url, "check")
            ]
        elif helps or answer.author_id == user.pk:
            url = f"{reverse('library:resource-add', args=[slug])}?from_answer={answer.pk}"
            found[answer.pk] = [Act(_("Make this a resource"), url)]
    return found


answer_acts.append(resource_acts)
