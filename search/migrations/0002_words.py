"""Where each database keeps the words: a tsvector beside the rows, or an FTS5 table. Rows come with the sweep."""

from django.db import migrations

from search import postgres, sqlite


def engine_of(schema_editor):
    return postgres if schema_editor.connection.vendor == "postgresql" else sqlite


def prepare(apps, schema_editor):
    engine_of(schema_editor).prepare(schema_editor)


def unprepare(apps, schema_editor):
    engine_of(schema_editor).unprepare(schema_editor)


class Migration(migrations.Migration):

    dependencies = [("search", "0001_search_rows")]

    operations = [migrations.RunPython(prepare, unprepare)]
