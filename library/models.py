"""The resource shelf of a series, who uses what, and the change package made of it."""

from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from accounts.models import File
from accounts.permissions import Role
from coaching.models import HelpAnswer
from progress.models import PlanItem
from series.models import Driver, Series, SeriesRole
from storymaps.models import StoryEntry, Visibility
from teams.models import Membership, Team


class ResourceKind(models.TextChoices):
    TOOL = "tool", _("a tool")
    GUIDE = "guide", _("a guide")
    EXAMPLE = "example", _("an example")
    ARTICLE = "article", _("an article")
    RECORDING = "recording", _("a recording")
    OTHER = "other", _("something else")


class Licence(models.TextChoices):
    """Under which terms others may use it."""

    BY = "by", _("CC BY: use it and change it, name who made it")
    BY_SA = "by_sa", _("CC BY-SA: the same, and share what you make alike")
    PUBLIC = "public", _("public domain: free for all")
    ASK = "ask", _("our own: ask before you pass it on")
    UNKNOWN = "unknown", _("not known")


class ResourceQuerySet(models.QuerySet["Resource"]):
    def visible_to(self, user: Any) -> Self:
        """Resources of the series in which `user` is today.

        What was withdrawn is read by nobody but who shared it, their team, and who runs the series.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        run = SeriesRole.objects.held(user).filter(role__in=[Role.ORGANIZER, Role.FACILITATOR])
        theirs = Q(shared_by=user) | Q(series__in=run.values("series"))
        theirs |= Q(team__in=Membership.objects.held(user).values("team"))
        readable = self.filter(series__in=Series.objects.visible_to(user))
        return readable.filter(Q(withdrawn_at=None) | theirs)

    def standing(self) -> Self:
        """Those on the shelf: not withdrawn."""
        return self.filter(withdrawn_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-shared_at", "-pk")


class Resource(models.Model):
    """Something useful that everybody in a series may read: a link, a file or a text, with why it is useful.

    It may have come from an answer to a call for help, or from a story; the link is kept and shown to those
    who may read there. Withdrawn, it stands for nobody but those whose it is.
    """

    series = models.ForeignKey(Series, models.CASCADE, related_name="resources")
    title = models.CharField(_("What is it called?"), max_length=140)
    kind = models.CharField(_("What is it?"), max_length=9, choices=ResourceKind, default=ResourceKind.TOOL)
    drivers = models.ManyToManyField(Driver, related_name="resources", blank=True)
    why = models.TextField(_("Why is it useful?"), max_length=1000)
    url = models.URLField(
        _("Address of the page"), max_length=500, blank=True, validators=[URLValidator(["http", "https"])]
    )
    file = models.OneToOneField(File, models.PROTECT, related_name="resource", null=True, blank=True)
    text = models.TextField(_("The text itself"), max_length=8000, blank=True)
    licence = models.CharField(
        _("May others use it?"), max_length=7, choices=Licence, default=Licence.UNKNOWN
    )
    language = models.CharField(_("Language"), max_length=8, choices=settings.LANGUAGES, default="en")
    team = models.ForeignKey(
        Team,
        models.SET_NULL,
        verbose_name=_("For which team do you share it?"),
        null=True,
        blank=True,
        related_name="resources",
    )
    from_answer = models.ForeignKey(
        HelpAnswer, models.SET_NULL, null=True, blank=True, related_name="resources"
    )
    from_entry = models.ForeignKey(
        StoryEntry, models.SET_NULL, null=True, blank=True, related_name="resources"
    )
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sharer_is_under_18 = models.BooleanField(default=False)  # as the memberships said on the day
    shared_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering = ["-shared_at", "-pk"]
        indexes = [models.Index(fields=["series", "-shared_at"])]
        constraints = [
            CheckConstraint(condition=Q(kind__in=ResourceKind.values), name="resource_kind_is_known"),
            CheckConstraint(condition=Q(licence__in=Licence.values), name="resource_licence_is_known"),
            CheckConstraint(
                condition=~Q(url="") | Q(file__isnull=False) | ~Q(text=""),
                name="resource_holds_something",
                violation_error_message=_("Give a link, a file or a text."),
            ),
            CheckConstraint(
                condition=Q(from_answer=None) | Q(from_entry=None), name="resource_came_from_one_thing"
            ),
            CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="resource_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def host(self) -> str:
        """Where the link leads, to be read before it is followed."""
        return urlsplit(self.url).hostname or ""

    @property
    def sharer(self) -> str:
        """Who shared it, for everybody in the series: the name of a young person is not told."""
        if self.sharer_is_under_18:
            return self.team.name if self.team else str(_("a young member"))
        return f"{self.shared_by.name}, {self.team.name}" if self.team else self.shared_by.name


def shared_entries(user: Any) -> models.QuerySet[StoryEntry]:
    """Stories that `user` reads because their teams opened them to the series, and no others.

    Who runs a series reads more than that, yet what all read together holds nothing that only some may see.
    """
    return StoryEntry.objects.visible_to(user).exclude(visibility=Visibility.TEAM)


class UseQuerySet(models.QuerySet["Use"]):
    def visible_to(self, user: Any) -> Self:
        """Marks on what `user` may read."""
        return self.filter(
            Q(resource__in=Resource.objects.visible_to(user))
            | Q(entry__in=StoryEntry.objects.visible_to(user))
        )


class Use(models.Model):
    """That a team uses a resource, or tries what another team's story tells: the *used by* mark.

    `item` is what the team put into its plan because of it, `story` what it told of it: links of the chain.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, null=True, blank=True, related_name="uses")
    entry = models.ForeignKey(StoryEntry, models.CASCADE, null=True, blank=True, related_name="uses")
    team = models.ForeignKey(Team, models.CASCADE, related_name="uses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(_("How did we use it?"), max_length=200, blank=True)
    item = models.ForeignKey(
        PlanItem,
        models.SET_NULL,
        verbose_name=_("Where does it stand in our plan?"),
        null=True,
        blank=True,
        related_name="uses",
    )
    story = models.ForeignKey(
        StoryEntry,
        models.SET_NULL,
        verbose_name=_("Which of our stories tells of it?"),
        null=True,
        blank=True,
        related_name="tells_of_uses",
    )
    is_sample = models.BooleanField(default=False)
    objects = UseQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(resource__isnull=False, entry=None) | Q(resource=None, entry__isnull=False),
                name="use_of_one_thing",
            ),
            UniqueConstraint(fields=["resource", "team"], name="use_of_a_resource_once_a_team"),
            UniqueConstraint(fields=["entry", "team"], name="use_of_a_story_once_a_team"),
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.resource or self.entry}"

    @property
    def thing(self) -> Resource | StoryEntry:
        """What is used."""
        found = self.resource or self.entry
        assert found is not None
        return found


class PackageItemQuerySet(models.QuerySet["PackageItem"]):
    def visible_to(self, user: Any) -> Self:
        """What stands in the packages of the series of `user`: withdrawn or no longer shared, it is gone."""
        return self.filter(
            Q(resource__in=Resource.objects.visible_to(user).standing()) | Q(entry__in=shared_entries(user)),
            series__in=Series.objects.visible_to(user),
        )


class PackageItem(models.Model):
    """A change in the change package of a driver: a resource or a story, and in a line what it does."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="package_items")
    driver = models.ForeignKey(Driver, models.CASCADE, related_name="package_items")
    resource = models.ForeignKey(
        Resource, models.CASCADE, null=True, blank=True, related_name="package_items"
    )
    entry = models.ForeignKey(StoryEntry, models.CASCADE, null=True, blank=True, related_name="package_items")
    position = models.PositiveSmallIntegerField(default=0)
    line = models.CharField(_("What does it do?"), max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)
    objects = PackageItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(resource__isnull=False, entry=None) | Q(resource=None, entry__isnull=False),
                name="package_item_of_one_thing",
            ),
            UniqueConstraint(fields=["driver", "resource"], name="package_item_resource_once"),
            UniqueConstraint(fields=["driver", "entry"], name="package_item_story_once"),
        ]

    def __str__(self) -> str:
        return self.line or str(self.resource or self.entry)
