"""A concern is about anything that people write: its kind and id stand where two foreign keys stood.

Both ways. Backwards, a concern about what is neither a story nor a note has no place and goes.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When


def to_kinds(apps, schema_editor):
    rows = apps.get_model("coaching", "Concern").objects.using(schema_editor.connection.alias)
    teams = apps.get_model("teams", "Team").objects.filter(pk=OuterRef("team"))
    rows.update(
        series=Subquery(teams.values("series")[:1]),
        about=Case(When(entry=None, then=Value("note")), default=Value("story")),
        object_id=Case(When(entry=None, then=F("comment")), default=F("entry")),
    )


def to_keys(apps, schema_editor):
    alias = schema_editor.connection.alias
    rows = apps.get_model("coaching", "Concern").objects.using(alias)
    entries = apps.get_model("storymaps", "StoryEntry").objects.using(alias).values("pk")
    notes = apps.get_model("storymaps", "Comment").objects.using(alias).values("pk")
    has_place = Q(about="story", object_id__in=entries) | Q(about="note", object_id__in=notes)
    rows.exclude(has_place).delete()
    rows.filter(about="story").update(entry=F("object_id"))
    rows.filter(about="note").update(comment=F("object_id"))


class Migration(migrations.Migration):
    dependencies = [
        ("coaching", "0005_calls"),
        ("series", "0001_initial"),
        ("storymaps", "0004_comments_have_a_team"),
        ("teams", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "concern",
            "series",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="concerns",
                to="series.series",
            ),
        ),
        migrations.AddField("concern", "about", models.CharField(max_length=12, default="")),
        migrations.AddField("concern", "object_id", models.BigIntegerField(default=0)),
        migrations.RemoveConstraint("concern", "concern_about_one_thing"),
        migrations.RunPython(to_kinds, to_keys),
        migrations.AlterField(
            "concern",
            "series",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="concerns", to="series.series"
            ),
        ),
        migrations.AlterField("concern", "about", models.CharField(max_length=12)),
        migrations.AlterField("concern", "object_id", models.BigIntegerField()),
        migrations.AlterField(
            "concern",
            "team",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="concerns",
                to="teams.team",
            ),
        ),
        migrations.RemoveField("concern", "entry"),
        migrations.RemoveField("concern", "comment"),
    ]
