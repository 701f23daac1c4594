"""The sentence for each refusal: what happened, and what to do about it."""

from collections.abc import Mapping

from hunhe.stone.errors import msgid

SENTENCES: Mapping[str, str] = {
    "no_token": msgid("No valid key came with this call. Send `Authorization: Bearer` with a key of your department."),
    "no_grant": msgid("Your department has no grant for this service. Apply for one first."),
    "suspended": msgid("The grant is suspended. Ask the provider or the data bureau why."),
    "expired": msgid("The grant has expired. Apply again."),
    "quota": msgid("Today's quota is used up. It is renewed at midnight, city time."),
    "column": msgid("A column was asked for that the grant does not give."),
    "case_missing": msgid("This grant serves open cases only. Name the case you are working on."),
    "case_closed": msgid("The case is closed, or the word given for it has expired."),
    "case_mismatch": msgid("The case is not one of this grant, of your department, about this person."),
    "purpose": msgid("The purpose is not the one the grant was given for."),
    "attributes": msgid("The request is not in the form this service takes."),
    "not_found": msgid("There is no such record."),
    "too_many_failures": msgid("Too many failed verifications about this person today. Try again tomorrow."),
    "unavailable": msgid("The data cannot be read right now. Nothing was counted; try again shortly."),
}
