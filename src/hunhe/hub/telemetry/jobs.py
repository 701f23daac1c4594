"""What the worker does for telemetry."""

from hunhe.hub.telemetry import content, judging, models
from hunhe.kernel.events.shapes import Job


def find_silence() -> None:
    """Open “offline” where a live site has said nothing for too long."""
    judging.find_silence(content.rules_in_force())


def rejudge(job: Job) -> None:
    """Judge everything anew under a rule whose terms have changed."""
    row = models.Rule.objects.filter(code=str(job.payload["rule"]), active=True).first()
    if row is not None:
        judging.judge_whole(content.read_rule(row))
