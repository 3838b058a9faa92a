from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notices", "0005_move_opt_outs")]

    operations = [migrations.DeleteModel("OptOut")]
