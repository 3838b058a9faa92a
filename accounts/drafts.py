"""What a person is typing, kept on the server: it survives a killed browser, an ended session, an error.

The browser sends `{"data": {field: [values]}, "seq": n}` three seconds after the last key. `seq` is what it
last heard from us: a save that did not know the newest one comes from another device and goes into a copy
of its own, so that neither text is lost. Drafts are their writer's alone and never reach the event log.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.urls import reverse

from accounts.models import Draft, User

MAX_BYTES = 64 * 1024
MAX_DRAFTS = 200  # of one person, all forms together
MAX_COPIES = 20  # of one form; beyond, the copy that was left longest makes room
KEPT_FOR = timedelta(days=90)

type Fields = dict[str, list[str]]

# By the name of the view that a form is sent to: fn(person, **kwargs of the address) -> (form, target) of its
# draft, or None. What comes in after the sign-in has ended is kept there, also without a script.
kept_forms: dict[str, Callable[..., tuple[str, str] | None]] = {}


class DraftRefused(Exception):
    """It is no draft of ours: too long, of another shape, or one too many."""


def checked(data: Any) -> Fields:
    """`data` as names with lists of values; raises DraftRefused for anything else, or too much of it."""
    if not isinstance(data, dict):
        raise DraftRefused("a draft is fields with lists of values")
    for values in data.values():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise DraftRefused("a draft is fields with lists of values")
    if len(json.dumps(data, ensure_ascii=False).encode()) > MAX_BYTES:
        raise DraftRefused("a draft holds 64 kB")
    return data


@transaction.atomic
def save_draft(
    person: User, form: str, target: str, data: Any, seq: int, *, at: datetime, copy: int = 0
) -> tuple[Draft, bool]:
    """Keep `data`; True beside it where another device wrote meanwhile and this became a copy of its own.

    `form` and `target` name the form and what it is about ("check-in", "due:12"). Raises DraftRefused.
    """
    data = checked(data)
    mine = Draft.objects.filter(person=person, form=form, target=target)
    known = mine.filter(copy=copy)
    if known.filter(seq=seq).update(data=data, seq=F("seq") + 1, saved_at=at):
        return known.get(), False
    held = known.first()
    if held is None:
        return _begin(person, form, target, data, copy, seq, at), False
    if held.data == data:  # the answer to an earlier save was lost on the way
        return held, False
    if mine.count() >= MAX_COPIES:
        mine.exclude(pk=held.pk).earliest("saved_at").delete()
    newest: int = mine.aggregate(newest=Max("copy"))["newest"] or 0
    return _begin(person, form, target, data, newest + 1, 0, at), True


def _begin(person: User, form: str, target: str, data: Fields, copy: int, seq: int, at: datetime) -> Draft:
    if Draft.objects.filter(person=person).count() >= MAX_DRAFTS:
        raise DraftRefused("too many drafts")
    try:
        with transaction.atomic():
            return Draft.objects.create(
                person=person, form=form, target=target, data=data, copy=copy, seq=seq + 1, saved_at=at
            )
    except IntegrityError:  # two first saves at once: the later one is a copy
        return _begin(person, form, target, data, copy + 1, 0, at)


def drafts_of(person: Any, form: str, target: str) -> list[Draft]:
    """The drafts of one form, the one saved last first: more than one only where two devices wrote."""
    if not person.is_authenticated:
        return []
    return list(Draft.objects.filter(person=person, form=form, target=target).order_by("-saved_at", "copy"))


def draft_context(person: Any, form: str, target: str) -> dict[str, Any]:
    """What a page needs for a form that keeps drafts.

    `draft` is the newest or None, `draft_copies` the others; `draft_url` and `draft_seq` go into the
    form's data attributes, `draft_at` into components/draft_status.html.
    """
    found = drafts_of(person, form, target)
    draft = found[0] if found else None
    return {
        "draft": draft,
        "draft_copies": found[1:],
        "draft_url": draft_url(form, target, draft.copy if draft else 0),
        "draft_seq": draft.seq if draft else 0,
        "draft_at": draft.saved_at if draft else None,
    }


def draft_url(form: str, target: str, copy: int = 0) -> str:
    url = reverse("accounts:draft", args=[form, target])
    return f"{url}?copy={copy}" if copy else url


def fill(form: forms.BaseForm, draft: Draft | None) -> None:
    """Put what a draft holds into the fields of an unbound `form`, before what they would show else."""
    if draft is None:
        return
    for name, field in form.fields.items():
        values = draft.data.get(form.add_prefix(name))
        if values is not None:
            is_many = getattr(field.widget, "allow_multiple_selected", False)
            form.initial[name] = values if is_many else next(iter(values), "")


@transaction.atomic
def drop_draft(person: User, form: str, target: str, sent: Mapping[str, Sequence[str]] | None = None) -> None:
    """Forget the draft of a form that was sent.

    `sent` is what was sent, as names with lists (`dict(request.POST.lists())`). Where two devices wrote,
    only the texts that are in it go; one that was not sent stays until its writer sends or leaves it.
    """
    found = drafts_of(person, form, target)
    gone = found if sent is None or len(found) < 2 else [d for d in found if _is_in(d.data, sent)]
    Draft.objects.filter(pk__in=[draft.pk for draft in gone]).delete()


def _is_in(data: Fields, sent: Mapping[str, Sequence[str]]) -> bool:
    """Whether nothing that was typed in `data` is missing in `sent`, which may go on where it ends."""
    return all(
        not value.strip() or any(later.startswith(value.rstrip()) for later in sent.get(name, ()))
        for name, values in data.items()
        for value in values
    )


def forget_old(*, at: datetime) -> int:
    """Delete what nobody has touched for 90 days; return how many."""
    return Draft.objects.filter(saved_at__lt=at - KEPT_FOR).delete()[0]
