"""What the worker does for the code every minute."""

from hunhe.stone import clock
from hunhe.wallet.code import liveness, recording


def tidy() -> None:
    """End overdue questions, forget moments that can no longer be replayed."""
    liveness.close_overdue()
    recording.forget_moments(clock.now())
