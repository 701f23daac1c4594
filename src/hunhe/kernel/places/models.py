from typing import cast

from django.db import models

from hunhe.kernel.city.shapes import DivisionRow, Level
from hunhe.kernel.places import shapes


class Division(models.Model):
    """One division; `place` is its order in the list, `path` the codes from the top down, each followed by a slash."""

    code = models.CharField(max_length=24, primary_key=True)
    level = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    parent_code = models.CharField(max_length=24, blank=True)
    path = models.CharField(max_length=130)
    place = models.PositiveIntegerField()
    in_use = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["parent_code", "place"], name="places_division_children"),
            models.Index(fields=["level", "code"], name="places_division_level"),
        ]

    def shape(self) -> shapes.Division:
        path = tuple(self.path.rstrip("/").split("/"))
        return shapes.Division(self.code, cast("Level", self.level), self.name, self.parent_code, path, self.in_use)

    def row(self) -> DivisionRow:
        return DivisionRow(self.code, cast("Level", self.level), self.name, self.parent_code)


class Sketch(models.Model):
    """The one row that says how the map is laid out. digest: of divisions, frame and hints together."""

    digest = models.CharField(max_length=64)
    frame = models.JSONField()
    hints = models.JSONField()
    waters = models.JSONField()
