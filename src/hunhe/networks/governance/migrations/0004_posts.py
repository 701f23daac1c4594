from django.db import migrations, models


def name_divisions(apps, schema_editor):
    """The smallest division of what is already there; team posts follow with the next step of each case."""
    problem = apps.get_model("governance", "Problem")
    for row in problem.objects.only("id", "divisions").iterator():
        if row.divisions:
            problem.objects.filter(id=row.id).update(division=row.divisions[-1])


class Migration(migrations.Migration):
    dependencies = [("governance", "0003_levels")]

    operations = [
        migrations.AddField("problem", "division", models.CharField(default="", max_length=16)),
        migrations.AddField("problem", "team_post", models.CharField(default="", max_length=121)),
        migrations.AddField("problem", "level_holder", models.CharField(default="", max_length=120)),
        migrations.RunPython(name_divisions, migrations.RunPython.noop),
    ]
