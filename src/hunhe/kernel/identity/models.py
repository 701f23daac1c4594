from django.contrib.auth.models import AbstractUser


class Account(AbstractUser):
    """One person's login."""
