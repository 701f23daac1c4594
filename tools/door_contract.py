"""The door rule for import-linter: from another room, only its actions, queries and shapes may be imported; tests by nobody."""

from typing import Any

from importlinter import Contract, ContractCheck, fields, output


class DoorContract(Contract):
    root = fields.StringField()
    open_names = fields.SetField(subfield=fields.StringField())

    def check(self, graph: Any, verbose: bool) -> ContractCheck:
        open_names: Any = self.open_names  # a field descriptor: a set once the contract is read
        rooms = {module[: -len(".apps")] for module in graph.modules if module.endswith(".apps")}
        broken = []
        for importer in graph.modules:
            here = _room_of(importer, rooms)
            if here is None or _is_test(importer):
                continue
            for imported in graph.find_modules_directly_imported_by(importer):
                there = _room_of(imported, rooms)
                if _is_test(imported):
                    broken += graph.get_import_details(importer=importer, imported=imported)
                if there in (None, here, f"{self.root}.ui") or here == f"{self.root}.house":
                    continue
                if imported[len(there or "") + 1 :].split(".")[0] not in open_names:
                    broken += graph.get_import_details(importer=importer, imported=imported)
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for detail in check.metadata["broken"]:
            output.print_error(f"{detail['importer']}:{detail['line_number']}: {detail['line_contents']}")


def _room_of(module: str, rooms: set[str]) -> str | None:
    parts = module.split(".")
    return next((room for length in range(len(parts), 1, -1) if (room := ".".join(parts[:length])) in rooms), None)


def _is_test(module: str) -> bool:
    return "tests" in module.split(".")
