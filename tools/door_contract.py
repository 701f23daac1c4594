"""The door rule: from another room, only door and shapes may be imported."""

from importlinter import Contract, ContractCheck, fields, output


class DoorContract(Contract):
    root = fields.StringField()
    open_names = fields.SetField(subfield=fields.StringField())
    ignore_imports = fields.SetField(subfield=fields.ImportExpressionField(), required=False)

    def check(self, graph, verbose):
        rooms = {m[: -len(".apps")] for m in graph.modules if m.endswith(".apps")}

        def room_of(module):
            parts = module.split(".")
            return next((r for i in range(len(parts), 1, -1) if (r := ".".join(parts[:i])) in rooms), None)

        broken = []
        for importer in graph.modules:
            for imported in graph.find_modules_directly_imported_by(importer):
                here, there = room_of(importer), room_of(imported)
                if there and here != there and imported[len(there) + 1 :].split(".")[0] not in self.open_names:
                    if not importer.startswith(f"{self.root}.house"):
                        broken += graph.get_import_details(importer=importer, imported=imported)
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check):
        for d in check.metadata["broken"]:
            output.print_error(f"{d['importer']}:{d['line_number']}: {d['line_contents']}")
