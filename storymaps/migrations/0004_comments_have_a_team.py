import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("storymaps", "0003_comments_know_their_team")]
    operations = [
        migrations.AlterField(
            model_name="comment",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="teams.team"
            ),
        ),
    ]
