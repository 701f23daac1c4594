"""What lanes need of Django: a healthy connection, one transaction, sentences in the city's language."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from hunhe.stone.errors import HunheError


@contextmanager
def healthy_connection() -> Iterator[None]:
    """This thread's connection, renewed if the database had gone away."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    yield


@contextmanager
def one_transaction() -> Iterator[None]:
    with healthy_connection(), transaction.atomic():
        yield


def leave() -> None:
    """This thread will not ask again."""
    connection.close()


def say(error: HunheError) -> str:
    """A refusal's sentence, in the city's language: lanes do not negotiate."""
    with translation.override(settings.LANGUAGE_CODE):
        sentence = translation.gettext(error.message)
    return sentence % error.params if error.params else sentence
