"""What a coach put off in the inbox."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _


class InboxKind(models.TextChoices):
    """What can stand in a coach's inbox, by what it is about."""

    TEAM = "team", _("a team")
    STORY = "story", _("a story")
    NOTE = "note", _("a note")


class PutOff(models.Model):
    """That a person wants to see something in the inbox again on a day, and not before."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="put_off")
    kind = models.CharField(max_length=5, choices=InboxKind)
    object_id = models.BigIntegerField()
    until = models.DateField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "kind", "object_id"], name="put_off_once"),
            CheckConstraint(condition=Q(kind__in=InboxKind.values), name="put_off_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind} {self.object_id} until {self.until}"
