"""What the tests play with."""

from dataclasses import dataclass
from typing import Any

from hunhe.kernel.events import actions as events
from hunhe.stone.who import Who
from hunhe.wallet.licence import actions, models
from hunhe.wallet.licence.shapes import Licence
from hunhe.wallet.licence.tests.people import SYSTEM

HOLDER = "sub_lin"
FACTS = {"name": "林若溪", "id_number": "210103195504260426", "birth_date": "1955-04-26", "card_class": "70 周岁以上"}


@dataclass(frozen=True, slots=True)
class Scene:
    """The prepared city. keeper: of the issuer's licences; stranger: an official of another department."""

    keeper: Who
    stranger: Who
    holder: Who

    def issue(self, **changes: Any) -> Licence:
        said: dict[str, Any] = {
            "type": "elder_card",
            "holder": HOLDER,
            "case_id": "case_1",
            "facts": FACTS,
            "valid_until": None,
            "key": "k1",
        }
        return actions.issue_licence(who=SYSTEM, **{**said, **changes})

    def sealed(self, **changes: Any) -> models.Licence:
        """A licence whose paper has been made by its job."""
        made = self.issue(**changes)
        events.run_due(who=SYSTEM)
        return models.Licence.objects.get(id=made.id)
