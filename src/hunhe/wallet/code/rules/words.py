"""The sentence for each refusal, for whoever keeps the terminal: what it is, and what to do."""

from collections.abc import Mapping

from hunhe.stone.errors import msgid

SENTENCES: Mapping[str, str] = {
    "no_token": msgid("No valid key came with this scan. Sign the terminal in again."),
    "malformed": msgid("This is not a code of this city. Ask for “My code” to be opened."),
    "forged": msgid("The signature is false. Do not let pass; ask for a document."),
    "expired": msgid("This code is over: a screenshot, or shown too long. Ask for the code on the phone itself."),
    "clock_ahead": msgid("The phone's clock is ahead. Ask for automatic time to be switched on, then scan again."),
    "certificate_over": msgid("The phone was without network for more than a day. Ask to open “My code” once with network."),
    "replayed": msgid("This code was scanned already. Wait for the next one, within 25 seconds."),
    "revoked_device": msgid("This phone was reported lost. Do not let pass; ask for a document."),
    "suspended": msgid("This account is suspended. Send the person to the counter with a document."),
    "unknown_terminal": msgid("The city does not know this terminal, or it was switched off. Ask your department."),
    "wrong_function": msgid("The code was made for another function than this terminal's. Ask to choose “Any use”."),
    "switched_off": msgid("This function is switched off by its owner. Use the other way until it is back."),
    "level": msgid("This needs a real-person check first. It is done in “My code” within two minutes."),
    "no_consent": msgid("The person has not allowed this. It can be allowed under “What I allowed”."),
    "no_licence": msgid("There is no valid licence of this kind. If a paper one is shown, look at that."),
    "unavailable": msgid("The city cannot look it up right now. Nothing was counted; scan again shortly. This is not a “no”."),
}
STATUS: Mapping[str, int] = {"no_token": 401, "malformed": 422, "replayed": 409, "unavailable": 503}


def status_of(code: str) -> int:
    return STATUS.get(code, 403)
