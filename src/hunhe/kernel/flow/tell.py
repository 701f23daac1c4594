"""What people are told: it is your turn, it is late, it is done. Idempotent by key."""

from collections.abc import Sequence

from hunhe.kernel.flow import models
from hunhe.kernel.notify import actions as notify
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

SYSTEM = Who.system("flow")


def arrived(case: models.Case, task: models.Task) -> None:
    _send_to_task(case, task, msgid("Your turn: %(title)s"), msgid("%(stage)s, %(number)s"), f"flow:arrived:{task.id}")


def handed_over(case: models.Case, task: models.Task) -> None:
    """To the one person who now has the turn."""
    _send_to_task(
        case, task, msgid("Your turn: %(title)s"), msgid("%(stage)s, %(number)s"), f"flow:handed:{task.id}:{case.seq}"
    )


def late(case: models.Case, task: models.Task, timer: str) -> None:
    _send_to_task(case, task, msgid("Overdue: %(title)s"), msgid("%(stage)s, %(number)s"), f"flow:late:{timer}")


def reminder(case: models.Case, task: models.Task, department: str, may: str, timer: str) -> None:
    """To those the procedure names, before or after the limit."""
    title = msgid("Overdue: %(title)s") if task.overdue else msgid("Soon due: %(title)s")
    notify.send(
        who=SYSTEM,
        to_department=department,
        to_permission=may or None,
        title=title,
        body=msgid("%(stage)s, %(number)s"),
        params=_params(case, task.stage_name),
        link=f"/desk/cases/{case.id}/",
        key=f"flow:reminder:{timer}",
    )


def extension_asked(case: models.Case, task: models.Task, department: str, may: str) -> None:
    """To those who approve it."""
    notify.send(
        who=SYSTEM,
        to_department=department,
        to_permission=may or None,
        title=msgid("More time is asked for: %(title)s"),
        body=msgid("%(why)s, %(number)s"),
        params=_params(case, task.stage_name) | {"why": task.extension_why},
        link=f"/desk/cases/{case.id}/",
        key=f"flow:more:{task.id}:{case.seq}",
    )


def extended(case: models.Case, task: models.Task, day: str) -> None:
    """To the subject, with the reason; and to whoever asked."""
    said = _params(case, task.stage_name) | {"why": task.extension_why, "day": day}
    title = msgid("It takes longer: %(title)s")
    body = msgid("By %(day)s at the latest. Reason: %(why)s")
    key = f"flow:extended:{task.id}:{case.seq}"
    if case.subject_id:
        link = f"/cases/{case.id}/"
        notify.send(who=SYSTEM, to_subject=case.subject_id, title=title, body=body, params=said, link=link, key=key)
    link = f"/desk/cases/{case.id}/"
    notify.send(who=SYSTEM, to_account=task.extension_by, title=title, body=body, params=said, link=link, key=f"{key}:asker")


def not_extended(case: models.Case, task: models.Task, why: str) -> None:
    """To whoever asked."""
    notify.send(
        who=SYSTEM,
        to_account=task.extension_by,
        title=msgid("No more time: %(title)s"),
        body=msgid("%(why)s, %(number)s"),
        params=_params(case, task.stage_name) | {"why": why},
        link=f"/desk/cases/{case.id}/",
        key=f"flow:not_extended:{task.id}:{case.seq}",
    )


def closed(case: models.Case) -> None:
    """To the subject, if any."""
    if case.subject_id:
        notify.send(
            who=SYSTEM,
            to_subject=case.subject_id,
            title=msgid("Done: %(title)s"),
            body=msgid("%(stage)s, %(number)s"),
            params=_params(case, case.stage_name),
            link=f"/cases/{case.id}/",
            key=f"flow:closed:{case.id}",
        )


def _send_to_task(case: models.Case, task: models.Task, title: str, body: str, key: str) -> None:
    to_subject = case.subject_id if task.for_subject else None
    to_account = task.account if to_subject is None else None
    to_department = task.department if to_subject is None and to_account is None else None
    if not (to_subject or to_account or to_department):
        return
    codes = [post for post in task.posts.split() if "." in post] if to_department else []
    if codes:
        _send_to_posts(case, task, codes, title, body, key)
        return
    notify.send(
        who=SYSTEM,
        to_subject=to_subject,
        to_account=to_account,
        to_department=to_department,
        to_permission=(task.may or "flow.may_move_cases") if to_department else None,
        title=title,
        body=body,
        params=_params(case, task.stage_name),
        link=f"/cases/{case.id}/" if to_subject else f"/desk/cases/{case.id}/",
        key=key,
    )


def _send_to_posts(case: models.Case, task: models.Task, posts: Sequence[str], title: str, body: str, key: str) -> None:
    """Those alone whose turn it is, and whoever stands in for them."""
    for post in posts:
        notify.send(
            who=SYSTEM,
            to_post=post,
            title=title,
            body=body,
            params=_params(case, task.stage_name),
            link=f"/desk/cases/{case.id}/",
            key=f"{key}:{post}",
        )


def _params(case: models.Case, stage: str) -> dict[str, str]:
    return {"title": case.title, "stage": stage, "number": case.number}
