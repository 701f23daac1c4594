from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Concat


def carry_over(apps, schema_editor):
    tasks = apps.get_model("flow", "Task").objects.exclude(post="")
    tasks.update(posts=Concat(Value(" "), F("post"), Value(" ")))


class Migration(migrations.Migration):
    dependencies = [("flow", "0003_extensions")]

    operations = [
        migrations.AddField(model_name="task", name="posts", field=models.CharField(default="", max_length=2000)),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField(model_name="task", name="post"),
    ]
