"""A mini city for the tests of themes: lists in the lake, bases built, themes run to their end."""

from hunhe.hub.bases.tests.city import (
    EMPLOYMENT,
    ENTERPRISE,
    INSURED,
    RESIDENT,
    build,
    employed,
    enterprise,
    insured,
    number,
    put,
    resident,
)
from hunhe.hub.themes import actions, queries
from hunhe.hub.themes.shapes import Theme
from hunhe.kernel.events import actions as events
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
FIRM = "91350100M000100Y43"
DISTRICT = "210102"


def first_city() -> None:
    """Three people in one district, one firm."""
    people = [(number(1), "李静"), (number(2), "王强"), (number(3), "赵敏")]
    put(RESIDENT, [resident(one, name, division_code=f"{DISTRICT}001001") for one, name in people])
    put(EMPLOYMENT, [employed("JY1", number(1), "李静", employer_uscc=FIRM, industry_code="C26")])
    put(INSURED, [insured("I1", number(2), "王强")])
    put(ENTERPRISE, [enterprise(FIRM, "沈阳瑞恒商贸有限公司", division_code=f"{DISTRICT}001001", industry_code="C26")])
    build()
    build("legal_person")


def run(theme: str) -> Theme:
    """Ask for a run, run what is due, say how the theme stands."""
    actions.run_theme(who=SYSTEM, theme=theme)
    events.run_due(who=SYSTEM)
    return queries.theme_by_id(who=SYSTEM, theme=theme)
