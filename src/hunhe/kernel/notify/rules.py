"""Who a notice is for, and what a reader may see. Pure."""

from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who


def audience(account: str | None, subject: str | None, post: str | None, department: str | None, permission: str | None) -> str:
    """The audience of a notice: one account, one subject, those in one post, or a department's (or any department's) holders
    of a permission."""
    if sum(target is not None for target in (account, subject, post, department or permission)) != 1:
        raise Invalid("notify.audience", msgid("A notice is for one account, one subject, one post, or a department."))
    if account is not None:
        return f"account:{account}"
    if post is not None:
        return f"post:{post}"
    if subject is not None:
        return f"subject:{subject}"
    return f"permission:{department or ''}:{permission}" if permission else f"department:{department}"


def audiences_of(who: Who) -> list[str]:
    """Every audience the caller belongs to."""
    found = [f"account:{who.id}"]
    if who.subject_id and who.kind == "citizen":
        found.append(f"subject:{who.subject_id}")
    if who.kind == "official":
        found += [f"post:{post}" for post in who.posts]
        if who.department:
            found.append(f"department:{who.department}")
            found += [f"permission:{who.department}:{permission}" for permission in sorted(who.may)]
        found += [f"permission::{permission}" for permission in sorted(who.may)]
    return found


def is_local(link: str) -> bool:
    """Only paths of this city: a notice never leads away."""
    return not link or (link.startswith("/") and not link.startswith(("//", "/\\")) and "\n" not in link and "\r" not in link)
