"""People, what they are writing, what they sent in, and what happened."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.kinds import FileKind
from core.zones import validate_zone


class UserManager(BaseUserManager["User"]):
    """Makes people; an e-mail address is kept in one form, so that it is one key."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=fold_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=fold_email(username or ""))


def fold_email(email: str) -> str:
    """The one form of an address under which a person is known."""
    return email.strip().casefold()


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. `is_superuser` is the administrator of this installation."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(
        _("name"), max_length=120, help_text=_("As your teams know you. A first name is enough.")
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])
    reminder_hour = models.PositiveSmallIntegerField(_("hour for reminders"), default=8)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # Django asks for it; it opens nothing here
    is_sample = models.BooleanField(default=False)
    auth_epoch = models.PositiveIntegerField(default=0)  # raised to end every session of this person
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(reminder_hour__lte=23), name="user_reminder_hour_is_an_hour"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Two letters for the round mark beside a name."""
        words = (self.name or self.email).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class Draft(models.Model):
    """What a person is typing into a form, kept on the server for them alone.

    `form` and `target` name the form and the object it is about ("log", "team:12"). `seq` rises with
    every save; a save from a device that did not know the newest `seq` goes into another `copy`, so that
    two devices that write at once do not overwrite each other.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    form = models.SlugField(max_length=40)
    target = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    copy = models.PositiveSmallIntegerField(default=0)
    seq = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "form", "target", "copy"], name="draft_one_row_a_copy")
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.target}"


class FileState(models.TextChoices):
    RECEIVED = "received", _("received")
    READY = "ready", _("ready")
    REFUSED = "refused", _("refused")


class FileQuerySet(models.QuerySet["File"]):
    """Files; who may see one is asked of the rooms (accounts.files)."""

    def served(self) -> Self:
        """Those that have passed the checks and can be shown."""
        return self.filter(state=FileState.READY)


class File(models.Model):
    """One uploaded file: received as it came, then made safe by a job, then ready and immutable.

    `stored` and `preview` are opaque names under MEDIA_ROOT; the person's own file name is kept only to
    be shown. `scope` is whose share it counts against beside the person's ("team:12"), once it has a place.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="files")
    state = models.CharField(max_length=8, choices=FileState, default=FileState.RECEIVED)
    reason = models.CharField(max_length=200, blank=True)  # in words for the person, where refused
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=FileKind, default=FileKind.PHOTO)
    content_type = models.CharField(max_length=80, blank=True)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)  # how long a recording or a video lasts
    scope = models.CharField(max_length=40, blank=True, db_index=True)
    digest = models.CharField(max_length=64, blank=True)
    stored = models.CharField(max_length=120)
    preview = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)
    objects = FileQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(state__in=FileState.values), name="file_state_is_known"),
            CheckConstraint(condition=~Q(state="ready") | ~Q(digest=""), name="file_ready_has_a_digest"),
            CheckConstraint(condition=Q(kind__in=FileKind.values), name="file_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """A file that comes in pieces and may go on after a cut line. How much is there, the disk says."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    uploaded_by = models.ForeignKey(User, models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()  # as announced: no more is taken
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """Something that somebody did: the activity feed, and the source of the audit trail.

    Ids are given before commit, so nobody reads this table by `id > last`; whoever must hear of an
    event is told by the job that `record` writes with it.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="events")
    act = models.CharField(max_length=60)  # room.thing_done
    target_type = models.CharField(max_length=40)  # room.model
    target_id = models.BigIntegerField()
    series_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)  # ids and choices, never free text

    class Meta:
        indexes = [
            models.Index(fields=["series_id", "-at"]),
            models.Index(fields=["team_id", "-at"]),
            models.Index(fields=["target_type", "target_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.target_type}:{self.target_id}"
