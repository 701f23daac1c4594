"""When a code is good. Clocks may differ a little; screenshots come late."""

from hunhe.wallet.code.rules.frame import Frame

ROTATE = 25
"""Seconds after which a device makes a new code."""
GOOD = 30
"""Seconds a code may be shown."""
SKEW = 10
"""Seconds a device's clock may differ from the city's, either way."""
BATCH = 48
"""Certificates that a device is given at most at once; each is used for one showing."""
LASTS_MINUTES = 24 * 60
BACKDATED = 60
"""Seconds by which a certificate begins early, for devices whose clock is a little behind."""
FORGET = 24 * 3600
"""Seconds after which a scanned moment is forgotten: long after its code went out."""


def out_of_window(frame: Frame, now: int) -> str:
    """Why a frame is not good at `now`, empty if it is."""
    certificate = frame.certificate
    if frame.made_at > now + SKEW:
        return "clock_ahead"
    if now > frame.made_at + GOOD + SKEW:
        return "expired"
    if not certificate.not_before - SKEW <= frame.made_at <= certificate.not_after or now > certificate.not_after + SKEW:
        return "certificate_over"
    return ""
