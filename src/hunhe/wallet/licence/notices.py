"""Telling holders what became of their licence, and departments whose open cases relied on one that no longer holds."""

from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event
from hunhe.kernel.flow import queries as flow
from hunhe.kernel.notify import actions as notify
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.wallet.licence import models

_SYSTEM = Who.system("licence")
_HOLDER = {
    "licence.licence.issued": (
        msgid("Your %(type)s has been issued"),
        msgid("It is in your licences and can be shown at once."),
    ),
    "licence.licence.suspended": (msgid("Your %(type)s is suspended"), msgid("Reason: %(reason)s")),
    "licence.licence.revoked": (msgid("Your %(type)s has been revoked"), msgid("Reason: %(reason)s")),
}
_ENDING = ("licence.licence.suspended", "licence.licence.revoked")
_SLICE = 200


def subscribe() -> None:
    for name in _HOLDER:
        events.subscribe(who=Who.system("start"), name=name, subscriber="licence", handler=tell)


def tell(event: Event) -> None:
    """The holder, and each department with an open case that relied on it; the same event again adds none."""
    row = models.Licence.objects.filter(id=event.payload["licence"]).first()
    if row is None:
        return
    title, body = _HOLDER[event.name]
    params = {"type": row.type_name, "reason": event.payload.get("reason", "")}
    notify.send(
        who=_SYSTEM,
        to_subject=row.holder,
        title=title,
        body=body,
        params=params,
        link=f"/licences/{row.id}/",
        key=f"{event.name}:{row.id}:{event.sequence}",
    )
    if event.name in _ENDING:
        _tell_cases(event, row)


def _tell_cases(event: Event, row: models.Licence) -> None:
    used = models.Verification.objects.filter(licence=row).exclude(case_id="").order_by("case_id")
    cases = list(used.values_list("case_id", flat=True).distinct()[:_SLICE])
    for case in flow.case_gists(who=_SYSTEM, case_ids=cases):
        if case.is_open:
            notify.send(
                who=_SYSTEM,
                to_department=case.department,
                title=msgid("A licence that case %(number)s relied on no longer holds"),
                body=msgid("%(type)s, state %(state)s. Look at the case before you decide."),
                params={"number": case.number, "type": row.type_name, "state": row.state},
                link=f"/desk/cases/{case.id}/",
                key=f"{event.name}:{row.id}:{event.sequence}:{case.id}",
            )
