"""What reached a team by mail, chat or call: kept as it came, with the passages marked in it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from progress.models import Channel
from storymaps.models.entries import StoryEntry
from teams.models import Team


class SourceKind(models.TextChoices):
    MAIL = "mail", _("a mail")
    CHAT = "chat", _("a chat")
    CALL = "call", _("notes of a call")
    VISIT = "visit", _("notes of a visit")


CHANNELS = {
    SourceKind.MAIL: Channel.MAIL,
    SourceKind.CHAT: Channel.PHONE,
    SourceKind.CALL: Channel.PHONE,
    SourceKind.VISIT: Channel.VISIT,
}


class HarvestSourceQuerySet(models.QuerySet["HarvestSource"]):
    def visible_to(self, user: Any) -> Self:
        """Sources of teams that `user` reads in full; who pasted one and left reads it no more."""
        return self.filter(team__in=Team.objects.read_in_full_by(user))


class HarvestSource(models.Model):
    """A text as it was pasted. It is no entry: nothing of it is on the map before the team nods."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="harvest_sources")
    kind = models.CharField(_("What is it?"), max_length=5, choices=SourceKind, default=SourceKind.MAIL)
    text = models.TextField(_("Paste the text here"), max_length=60000)
    said_on = models.DateField(_("When was it written or said?"))
    language = models.CharField(_("Language"), max_length=8, choices=settings.LANGUAGES, default="en")
    is_on_behalf = models.BooleanField(default=False)
    pasted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    pasted_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = HarvestSourceQuerySet.as_manager()

    class Meta:
        ordering = ["-pasted_at", "-pk"]
        constraints = [
            CheckConstraint(condition=Q(kind__in=SourceKind.values), name="harvest_source_kind_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.said_on}"

    @property
    def channel(self) -> Channel:
        """How what it tells reached the platform."""
        return CHANNELS[SourceKind(self.kind)]


class PassageState(models.TextChoices):
    WAITING = "waiting", _("waits for the team’s nod")
    ACCEPTED = "accepted", _("on the map")
    DECLINED = "declined", _("not taken")


class HarvestPassageQuerySet(models.QuerySet["HarvestPassage"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(source__team__in=Team.objects.read_in_full_by(user))

    def waiting(self) -> Self:
        return self.filter(state=PassageState.WAITING)


class HarvestPassage(models.Model):
    """A piece of a source that tells something. It becomes an entry only when the team nods.

    It is no entry before, so no map, feed, count or report can show it by mistake.
    """

    source = models.ForeignKey(HarvestSource, models.CASCADE, related_name="passages")
    text = models.TextField(max_length=4000)
    digest = models.CharField(max_length=64)  # of the text: the same passage is marked once
    state = models.CharField(max_length=8, choices=PassageState, default=PassageState.WAITING)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(StoryEntry, models.PROTECT, null=True, related_name="passage")
    is_sample = models.BooleanField(default=False)
    objects = HarvestPassageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["source", "digest"], name="harvest_passage_once"),
            CheckConstraint(
                condition=Q(state=PassageState.ACCEPTED, entry__isnull=False)
                | Q(state__in=[PassageState.WAITING, PassageState.DECLINED], entry=None),
                name="harvest_passage_entry_when_accepted",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def team(self) -> Team:
        return self.source.team

    @property
    def team_id(self) -> int:
        return self.source.team_id
