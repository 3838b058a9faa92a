"""What people did without becomes their preference; which of the older mails went as they came."""

from typing import Any

from django.db import migrations

OLD = ("check_in", "comment", "help", "monday")
NOTES = ("comment", "reply", "mention")  # one kind before
AT_ONCE = ("comment", "help", "concern", "coach")


def forwards(apps: Any, schema_editor: Any) -> None:
    Preference, OptOut = apps.get_model("notices", "Preference"), apps.get_model("notices", "OptOut")
    rows = [
        Preference(person_id=person, kind=kind, way="none")
        for person, told in OptOut.objects.values_list("person", "kind")
        for kind in (NOTES if told == "comment" else (told,))
    ]
    Preference.objects.bulk_create(rows, ignore_conflicts=True)
    apps.get_model("notices", "Notice").objects.filter(kind__in=AT_ONCE).update(way="instant")


def backwards(apps: Any, schema_editor: Any) -> None:
    """What only the newer kinds can say is given up; answers and calls by name are notes again."""
    Preference, OptOut = apps.get_model("notices", "Preference"), apps.get_model("notices", "OptOut")
    Notice = apps.get_model("notices", "Notice")
    off = Preference.objects.filter(series=None, way="none", kind__in=OLD)
    rows = [OptOut(person_id=person, kind=kind) for person, kind in off.values_list("person", "kind")]
    OptOut.objects.all().delete()
    OptOut.objects.bulk_create(rows)
    Notice.objects.filter(kind__in=NOTES).update(kind="comment")
    Notice.objects.filter(kind__in=("story", "became", "news")).delete()


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_preferences")]

    operations = [migrations.RunPython(forwards, backwards)]
