"""Who may see a licence, and who may change it."""

from hunhe.stone.door import CROSS_DEPARTMENTS
from hunhe.stone.errors import Denied, msgid
from hunhe.stone.who import Who
from hunhe.wallet.licence import models

SEE = "licence.may_see_licences"
CHANGE = "licence.may_change_licences"


def may_see(who: Who, row: models.Licence) -> bool:
    """The holder; officials of the issuer who keep licences; who keeps them across departments."""
    if who.is_system or (who.kind == "citizen" and who.subject_id is not None and who.subject_id == row.holder):
        return True
    return who.holds(SEE) and (who.department == row.issuer or CROSS_DEPARTMENTS in who.may)


def refuse_other_issuers(who: Who, row: models.Licence) -> None:
    """A licence is changed by its issuer only."""
    if not who.is_system and who.department != row.issuer:
        raise Denied("licence.issuer.other", msgid("Only the department that issued this licence may do this."))
