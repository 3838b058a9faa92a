"""Each note says which team's margin it stands in; before, its entry said so."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    Comment = apps.get_model("storymaps", "Comment")
    StoryEntry = apps.get_model("storymaps", "StoryEntry")
    teams = StoryEntry.objects.filter(pk=OuterRef("entry")).values("team")[:1]
    Comment.objects.filter(team=None).update(team=Subquery(teams))


def refuse_to_lose(apps, schema_editor):
    """Backwards, the old schema has no place for notes beside anything but an entry."""
    elsewhere = apps.get_model("storymaps", "Comment").objects.filter(entry=None).count()
    if elsewhere:
        message = f"{elsewhere} notes stand beside something other than a story and would be lost."
        raise RuntimeError(message)


class Migration(migrations.Migration):
    dependencies = [("storymaps", "0002_comments_on_any_link")]
    operations = [migrations.RunPython(fill, refuse_to_lose)]
