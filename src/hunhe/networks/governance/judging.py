"""What flow asks of street problems: whose team it is, who checks there, and whether the photos of a fix are new and of this problem."""

from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow.shapes import Asked
from hunhe.networks.governance import content, models
from hunhe.networks.governance.shapes import Team
from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who


def register() -> None:
    start = Who.system("start")
    flow.register_supplier(who=start, name="governance.team_name", supply=lambda asked: team_of(asked).name)
    flow.register_supplier(who=start, name="governance.team_department", supply=lambda asked: team_of(asked).department)
    flow.register_supplier(who=start, name="governance.team_post", supply=lambda asked: team_of(asked).post)
    flow.register_supplier(who=start, name="governance.check_posts", supply=check_posts)
    flow.register_check(who=start, name="governance.fix_photos", check=check_photos)


def team_of(asked: Asked) -> Team:
    found = content.book().teams.get(str(asked.facts["team"]))
    if found is None:
        raise Invalid("governance.team.unknown", msgid("There is no such team."))
    return found


def check_posts(asked: Asked) -> list[str]:
    """Posts of the inspectors who are for the place, those of the whole city among them."""
    row = models.Problem.objects.get(id=asked.case.id if asked.case else "")
    return [
        post.code for post in content.book().inspectors if post.covers(row.divisions) and post.department == asked.department
    ]


def check_photos(asked: Asked) -> None:
    """Photos of this fix: handed in for this problem, and none that an earlier try already showed."""
    listed = {str(photo) for photo in asked.given["fix_photos"]}
    before = {str(photo) for photo in asked.case.facts.get("fix_photos", ())} if asked.case else set()
    known = models.Photo.objects.filter(problem_id=asked.case.id if asked.case else "", role="after", id__in=listed)
    if listed & before or known.count() != len(listed):
        raise Invalid("governance.fix.photo", msgid("A fix needs a photo taken at the place."))
