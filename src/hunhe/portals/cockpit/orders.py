"""Orders: a question about a number becomes a case at the department that answers for it; what the case tells is kept here."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.shapes import Case
from hunhe.kernel.indicators.shapes import Figure
from hunhe.portals.cockpit import models
from hunhe.portals.cockpit.saying import amount
from hunhe.portals.cockpit.shapes import Order, OrderState
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Invalid, msgid
from hunhe.stone.who import Who
from hunhe.ui import words

PROCEDURE = "indicator_order"
LONGEST_QUESTION = 500
LONGEST_KEY = 120
OPEN = ("answered", "asked")
SYSTEM = Who.system("cockpit")


def beginning(procedure: str, skin: str) -> str:
    """An order is begun at the number it asks about."""
    return reverse("cockpit:indicators") if skin == "desk" and procedure == PROCEDURE else ""


def subscribe() -> None:
    start = Who.system("start")
    flow.register_case_page(who=start, begin=beginning)
    for what in ("moved", "closed", "overdue"):
        events.subscribe(who=start, name=f"flow.case.{what}", subscriber="cockpit", handler=_hear)


def ask(who: Who, figure: Figure, question: str, key: str) -> models.Order:
    """Open the case of a question and keep it, once per caller and key."""
    question = question.strip()
    if not 0 < len(question) <= LONGEST_QUESTION:
        raise Invalid("cockpit.order.question", msgid("Say what you want to know, in at most 500 characters."))
    if not 0 < len(key) <= LONGEST_KEY:
        raise Invalid("cockpit.order.key", msgid("A question needs a key of at most 120 signs."))
    if (known := _known(who, figure, question, key)) is not None:
        return known
    try:
        with transaction.atomic():
            return _open(who, figure, question, key)
    except (IntegrityError, Conflict):  # the same key at the same moment: the other one won
        if (known := _known(who, figure, question, key)) is not None:
            return known
        raise


def _known(who: Who, figure: Figure, question: str, key: str) -> models.Order | None:
    row = models.Order.objects.filter(asked_by=who.id, key=key).first()
    if row is not None and (row.indicator, row.question) != (figure.indicator.id, question):
        raise Conflict("cockpit.order.key_reused", msgid("This key has already asked something else."))
    return row


def _open(who: Who, figure: Figure, question: str, key: str) -> models.Order:
    indicator, now = figure.indicator, clock.now()
    counted_at = figure.reading.as_of or figure.counted_at or now
    with translation.override(settings.LANGUAGE_CODE):  # a case is written in the city's language, whoever asks
        name, said = words.say(indicator.name), said_in_full(figure)
    case = flow.open_case(
        who=who,
        procedure=PROCEDURE,
        department=who.department,
        facts={
            "indicator": indicator.id,
            "indicator_name": name,
            "value": said,
            "counted_at": f"{timezone.localtime(counted_at):%Y-%m-%d %H:%M:%S}",
            "question": question,
            "answering_department": indicator.owner,
        },
        origin="office",
        title=f"{name} {said}",
        key=f"cockpit:{key}",
    )
    return models.Order.objects.create(
        case_id=case.id,
        number=case.number,
        indicator=indicator.id,
        name=indicator.name,
        said=said,
        counted_at=counted_at,
        question=question,
        department=case.department,
        answering=indicator.owner,
        asked_by=who.id,
        asked_at=case.opened_at,
        key=key,
        due_at=case.due_at,
    )


def said_in_full(figure: Figure) -> str:
    """A number with every digit and its unit; of a share, also what it is made of."""
    unit, value = words.say(figure.indicator.unit), amount(figure.indicator, figure.value)
    if figure.indicator.kind == "share":
        return f"{value}{unit} ({words.number(figure.total)}/{words.number(figure.whole)})"
    return f"{value} {unit}"


def shape(row: models.Order) -> Order:
    return Order(
        case_id=row.case_id,
        number=row.number,
        indicator=row.indicator,
        name=row.name,
        said=row.said,
        counted_at=row.counted_at,
        question=row.question,
        department=row.department,
        answering=row.answering,
        asked_at=row.asked_at,
        state=_STATES[row.state],
        due_at=row.due_at,
        answer=row.answer,
    )


_STATES: dict[str, OrderState] = {
    "asked": "asked", "answered": "answered", "closed": "closed", "withdrawn": "withdrawn",
}  # fmt: skip


def _hear(event: Event) -> None:
    """Take over how far the case has come."""
    if event.payload["procedure"] != PROCEDURE:
        return
    row = models.Order.objects.filter(case_id=event.payload["case"]).first()
    if row is None:
        return
    case = cases.case_by_id(who=SYSTEM, case_id=row.case_id)
    row.state, row.due_at, row.answer = _state(case), case.due_at, str(case.facts.get("answer", ""))
    row.save(update_fields=["state", "due_at", "answer"])


def _state(case: Case) -> OrderState:
    if not case.is_open:
        return "withdrawn" if case.outcome == "withdrawn" else "closed"
    return "answered" if case.stage == "read" else "asked"
