"""What the frame around every page learns from the rooms below: the city's name, unread notices, an official's post."""

from hunhe.kernel.city import queries as city
from hunhe.kernel.notify import queries as notify
from hunhe.kernel.org import queries as org
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who
from hunhe.ui import frame


def register() -> None:
    frame.show_city(_city_name)
    frame.show_person(_department_and_post)
    frame.show_bell("notify:notices", lambda who: notify.unread_count(who=who))
    frame.show_search("citizen", "citizen:search")
    frame.show_search("desk", "desk:search")


def _city_name() -> str:
    return city.city_facts(who=Who.anonymous()).name.removesuffix("市")


def _department_and_post(who: Who) -> str:
    """“市人社局 数据管家”; what has gone from the content is left out."""
    if who.department is None:
        return ""
    try:
        department = org.department_by_code(who=who, code=who.department)
        names = [post.name for post in org.list_posts(who=who, department=who.department) if post.code in who.posts]
    except NotFound:
        return ""
    return " ".join([department.short_name or department.name, *names])
