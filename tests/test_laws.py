"""The laws of the house that no other tool sees."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from hunhe.house.rooms import FLOORS, room_folders

SOURCE = Path(__file__).resolve().parents[1] / "src" / "hunhe"
GLOSSARY = SOURCE.parents[1] / "docs" / "glossary.md"
TEMPLATE_REFERENCE = re.compile(r"{%\s*(?:extends|include)\s+[\"']([^\"']+)[\"']")
FALLBACKS = {"400.html", "403.html", "404.html", "500.html"}  # names that Django itself asks for
LIBRARY_TEMPLATES = {  # names that Django and django-allauth ask for, and the room that provides them
    "identity": {"account", "mfa"},
    "ui": {"allauth", "django", "403.html", "403_csrf.html", "404.html", "500.html"},
}


def _room_sources() -> Iterator[tuple[str, Path]]:
    for folder in room_folders(SOURCE):
        for path in folder.rglob("*.py"):
            if not {"tests", "migrations"} & set(path.relative_to(folder).parts):
                yield folder.name, path


def test_every_folder_on_a_floor_is_a_room() -> None:
    strangers = [
        folder.name
        for floor in FLOORS
        if not (SOURCE / floor / "apps.py").exists()
        for folder in (SOURCE / floor).glob("*/")
        if folder.name != "__pycache__" and any(folder.rglob("*.py")) and not (folder / "apps.py").exists()
    ]
    assert strangers == []


def test_room_label_is_its_folder_name() -> None:
    labels = {config.name: config.label for config in apps.get_app_configs() if config.name.startswith("hunhe.")}
    assert labels == {name: name.rsplit(".", 1)[-1] for name in labels}


def test_every_room_says_what_flows_through_it() -> None:
    silent = [
        folder.name for folder in room_folders(SOURCE) if not ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    ]
    assert silent == []


def test_models_are_reached_by_name_only_in_migrations() -> None:
    assert [str(path) for _, path in _room_sources() if "apps.get_model(" in path.read_text()] == []


def test_every_table_folds() -> None:
    """`{% table %}` writes all tables but those of the copy that a person takes home, which is no page of the city."""
    by_hand = [str(path) for path in SOURCE.rglob("templates/**/*.html") if "<table" in path.read_text()]
    assert [path for path in by_hand if not path.endswith("consent/archive.html")] == []


def test_templates_stay_in_their_room() -> None:
    wandering = []
    for folder in room_folders(SOURCE):
        for template in folder.glob("templates/**/*.html"):
            label = template.relative_to(folder / "templates").parts[0]
            allowed = {folder.name, "ui"} | LIBRARY_TEMPLATES.get(folder.name, set())
            if label not in allowed and not (folder.name == "ui" and template.name in FALLBACKS):
                wandering.append(f"{template}: is not under {folder.name}/")
            wandering += [
                f"{template}: {name}"
                for name in TEMPLATE_REFERENCE.findall(template.read_text())
                if name.split("/")[0] not in allowed
            ]
    assert wandering == []


@pytest.mark.parametrize("label", sorted(config.label for config in apps.get_app_configs() if config.name.startswith("hunhe.")))
def test_models_are_named_from_the_glossary(label: str) -> None:
    terms = {
        cell.strip()
        for row in GLOSSARY.read_text().splitlines()
        if row.startswith("|")
        for cell in row.split("|")[3].split(",")
    }
    unknown = [model.__name__ for model in apps.get_app_config(label).get_models() if model.__name__ not in terms]
    assert unknown == []


def test_tables_carry_their_rooms_label() -> None:
    strays = [
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name.startswith("hunhe.")
        for model in config.get_models()
        if not model._meta.db_table.startswith(f"{config.label}_")
    ]
    assert strays == []
