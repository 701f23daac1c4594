"""Level 3: a question to the police, asked and followed by jobs, until there is an answer or its time is over."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from hunhe.hub.bases import queries as bases
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.kernel.identity import actions as identity
from hunhe.stone import clock, ids
from hunhe.stone.errors import Conflict, HunheError, Unavailable, msgid
from hunhe.stone.who import Who
from hunhe.wallet.code import connections, models
from hunhe.wallet.code.devices import subject_of
from hunhe.wallet.code.shapes import Liveness, LivenessState

ASK, FOLLOW = "code.ask_liveness", "code.follow_liveness"
SERVICE = "liveness"
REAL_PERSON = 3
TIME = timedelta(minutes=10)
_PAUSES = (1, 1, 2, 2, 3, 3, 5)


def ask(who: Who) -> Liveness:
    """Open a question; while one is open, that one."""
    subject_id = subject_of(who)
    if who.level >= REAL_PERSON:
        raise Conflict("code.liveness.done", msgid("You are confirmed as a real person already."))
    connections.location(SERVICE)
    open_one = models.Liveness.objects.filter(account_id=who.id, state="asked")
    now = clock.now()
    try:
        with transaction.atomic():
            close_overdue(who.id)
            if (known := open_one.first()) is not None:
                return shape(known)
            row = models.Liveness.objects.create(
                id=ids.new("liv"), account_id=who.id, subject_id=subject_id, asked_at=now, expires_at=now + TIME
            )
            events.enqueue_job(who=_jobs(who.id), kind=ASK, key=row.id, payload={"liveness": row.id})
            audit.record(who=who, act="code.liveness.asked", object=row.id, subject_id=subject_id)
    except IntegrityError:  # asked twice in the same moment
        return shape(open_one.get())
    return shape(row)


def newest(account_id: str) -> Liveness | None:
    """The question of last, expired if its time is over whatever the row still says."""
    row = models.Liveness.objects.filter(account_id=account_id).order_by("-id").first()
    return shape(row) if row is not None else None


def run_ask(job: Job) -> None:
    """Ask the police. Outside a transaction: HTTP may take seconds."""
    row = models.Liveness.objects.get(id=job.payload["liveness"])
    if row.state != LivenessState.ASKED or row.ticket:
        return
    if clock.now() >= row.expires_at:
        _end(row, LivenessState.EXPIRED)
        return
    who = _jobs(row.account_id)
    person = {field.name: field.value for field in bases.subject(who=who, base="population", subject_id=row.subject_id).fields}
    ticket, page = connections.police(SERVICE).ask(row.id, person.get("name", ""), person.get("id_number", ""))
    with transaction.atomic():
        models.Liveness.objects.filter(id=row.id).update(ticket=ticket, page=page)
        _follow_again(row, 0)


def run_follow(job: Job) -> None:
    """Look for the answer; look again a little later while there is none. A service that is down counts as none yet."""
    row = models.Liveness.objects.get(id=job.payload["liveness"])
    if row.state != LivenessState.ASKED:
        return
    try:
        answer = connections.police(SERVICE).answer(row.ticket, row.id)
    except Unavailable:
        answer = "waiting"
    if answer == "waiting" and clock.now() < row.expires_at:
        _follow_again(row, int(job.payload["times"]) + 1)
    else:
        ends = {"passed": LivenessState.PASSED, "failed": LivenessState.FAILED, "waiting": LivenessState.EXPIRED}
        _end(row, ends[answer])


def close_overdue(account_id: str | None = None) -> int:
    """Questions whose time is over, whatever became of their jobs."""
    rows = models.Liveness.objects.filter(state="asked", expires_at__lte=clock.now())
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    found = list(rows[:200])
    for row in found:
        _end(row, LivenessState.EXPIRED)
    return len(found)


def shape(row: models.Liveness) -> Liveness:
    state = LivenessState(row.state)
    if state is LivenessState.ASKED and clock.now() >= row.expires_at:
        state = LivenessState.EXPIRED
    return Liveness(row.id, state, row.asked_at, row.expires_at, row.answered_at, row.page)


def _follow_again(row: models.Liveness, times: int) -> None:
    pause = _PAUSES[min(times, len(_PAUSES) - 1)]
    events.enqueue_job(
        who=_jobs(row.account_id),
        kind=FOLLOW,
        key=f"{row.id} {times}",
        payload={"liveness": row.id, "times": times},
        run_at=clock.now() + timedelta(seconds=pause),
    )


def _end(row: models.Liveness, state: LivenessState) -> None:
    """The answer, and what follows from it, once."""
    with transaction.atomic():
        ended = models.Liveness.objects.filter(id=row.id, state="asked").update(state=state, answered_at=clock.now())
        if not ended:
            return
        who = _jobs(row.account_id)
        if state is LivenessState.PASSED:
            try:
                identity.raise_level(who=who, account_id=row.account_id, subject_id=row.subject_id, level=REAL_PERSON)
            except HunheError:
                models.Liveness.objects.filter(id=row.id).update(state=LivenessState.FAILED)
                state = LivenessState.FAILED
        audit.record(who=who, act=f"code.liveness.{state}", object=row.id, subject_id=row.subject_id)


def _jobs(account_id: str) -> Who:
    return Who.system("code.liveness", on_behalf_of=account_id)
