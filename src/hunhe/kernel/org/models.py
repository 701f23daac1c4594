from django.db import models

from hunhe.kernel.org import shapes


class Department(models.Model):
    """One department; `place` is its order in the city's list."""

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)
    place = models.PositiveIntegerField()
    in_use = models.BooleanField(default=True)

    def shape(self) -> shapes.Department:
        return shapes.Department(self.code, self.name, self.short_name, self.in_use)


class Post(models.Model):
    """One post of one department; areas: beginnings of the division codes it is for, none: wherever the department is."""

    code = models.CharField(max_length=121, primary_key=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    areas = models.JSONField(default=list)
    place = models.PositiveIntegerField()
    in_use = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["role", "place"], name="org_post_role")]

    def shape(self) -> shapes.Post:
        return shapes.Post(self.code, self.department_id, self.role, self.name, self.in_use, tuple(self.areas))
