"""What a password must be, said in the reader's language: the framework's own sentence has no Chinese."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """At least `min_length` characters."""

    def get_error_message(self) -> str:
        sentence = ngettext(
            "The password is too short: at least %(n)d character.",
            "The password is too short: at least %(n)d characters.",
            self.min_length,
        )
        return sentence % {"n": self.min_length}

    def get_help_text(self) -> str:
        return ngettext("At least %(n)d character.", "At least %(n)d characters.", self.min_length) % {"n": self.min_length}
