"""Publishing the resource of the scene."""

from hunhe.hub.catalogue import actions as catalogue
from hunhe.hub.catalogue.shapes import Item, Resource
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
ITEMS = (
    Item(name="subject_id", title="主体"),
    Item(name="id_number", title="身份证号", sensitive="sensitive"),
    Item(name="name", title="姓名", sensitive="personal"),
    Item(name="status", title="在职状态"),
    Item(name="wage", title="月工资", type="N", sensitive="sensitive"),
)


def publish_resource(code: str, table: str) -> None:
    """The labour bureau's entry about employment, published."""
    resource = Resource(
        code=code,
        name=f"就业登记 {code}",
        department="human_resources",
        provider="沈阳市人力资源和社会保障局",
        abstract="在职状态",
        items=ITEMS,
        condition="有办件时",
        basis="《政务数据共享条例》",
        cycle="daily",
        dataset=table,
        keys=("id_number", "subject_id"),
    )
    catalogue.save_resource(who=SYSTEM, resource=resource)
    catalogue.register_resource(who=SYSTEM, code=code)
    catalogue.publish_resource(who=SYSTEM, code=code)
