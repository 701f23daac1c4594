"""Publishing the resource of the scene."""

from hunhe.hub.catalogue.queries import RESOURCES
from hunhe.hub.catalogue.shapes import Item, Resource


def publish_resource(code: str, table: str) -> None:
    items = (
        Item("subject_id", "主体"),
        Item("id_number", "身份证号", sensitive=True),
        Item("name", "姓名", sensitive=True),
        Item("status", "在职状态"),
        Item("wage", "月工资", type="N", sensitive=True),
    )
    RESOURCES[code] = Resource(code, "就业登记", "human_resources", "", "database", items, "conditional", "凭办件", "办法", False, "daily", "published", table, ("id_number", "subject_id"))
