"""Until now the newest check-in of a team was its call for help; from now on a call is a row of its own."""

import uuid

from django.db import migrations


def open_calls(apps, schema_editor):
    CheckIn = apps.get_model("progress", "CheckIn")
    HelpCall = apps.get_model("coaching", "HelpCall")
    newest = {}
    for check_in in CheckIn.objects.select_related("due").order_by("filed_at", "pk").iterator():
        newest[check_in.due.team_id] = check_in
    HelpCall.objects.bulk_create(
        HelpCall(
            team_id=team_id,
            asked_of=check_in.help_from,
            text=check_in.hindered,
            check_in=check_in,
            asked_by_id=check_in.filed_by_id,
            asked_at=check_in.filed_at,
            submission_id=uuid.uuid4(),
            is_sample=check_in.is_sample,
        )
        for team_id, check_in in newest.items()
        if check_in.help_from and not HelpCall.objects.filter(check_in=check_in).exists()
    )


class Migration(migrations.Migration):
    dependencies = [("coaching", "0001_initial"), ("progress", "0001_initial")]
    # Backwards the check-ins still say it, and the table goes with the migration before.
    operations = [migrations.RunPython(open_calls, migrations.RunPython.noop)]
