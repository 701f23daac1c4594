"""The guide: what this is, whether the caller qualifies, what they need, before anything is filled in."""

from collections.abc import Mapping
from dataclasses import replace

from hunhe.networks.service import catalogue, content, drafting, people, rules
from hunhe.networks.service.item import ServiceItem
from hunhe.networks.service.shapes import Guide, GuideQuestion, Verdict
from hunhe.stone.who import Who


def guide(who: Who, code: str, given: Mapping[str, str]) -> Guide:
    row = catalogue.active(code)
    item = content.item_of(row)
    answers = rules.fitting_answers(item, given)
    record = people.own_record(who)
    found = rules.verdicts(item, people.facts(record) if record else None, answers)
    unanswered = not rules.all_answered(item, answers)
    verdict = rules.qualifies(found)
    values = drafting.prefilled_values(content.form_of(row), record)
    return Guide(
        card=catalogue.card(row),
        questions=tuple(
            GuideQuestion(
                id=one.id,
                name=one.name,
                options=tuple((option.id, option.name) for option in one.options),
                answer=answers.get(one.id, ""),
            )
            for one in item.questions
        ),
        verdicts=tuple(_worded(item, one) for one in found),
        materials=tuple(rules.material_line(one, values) for one in rules.materials_asked(item, answers)),
        answers=answers,
        qualifies=None if verdict is True and unanswered else verdict,
        basis=item.basis,
        audience=item.audience,
        area=item.area,
        fees=tuple((fee.name, fee.fen) for fee in item.fees),
        result=item.result.name,
        benefits=item.benefits,
        remedy=item.remedy,
        limit_basis=item.limits.basis,
        basic_code=item.basic_code,
    )


def _worded(item: ServiceItem, verdict: Verdict) -> Verdict:
    day = f"{verdict.day.year}年{verdict.day.month}月{verdict.day.day}日" if verdict.day else ""
    return replace(verdict, says=drafting.said_of(item, verdict.condition, verdict.says, day)) if verdict.says else verdict
