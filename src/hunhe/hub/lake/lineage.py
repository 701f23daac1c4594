"""Which columns a SELECT rests on, read off its own syntax tree: nothing about lineage is ever typed by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hunhe.hub.lake.shapes import Edge, How
from hunhe.stone.errors import Invalid, msgid

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

_COUNTS = frozenset(
    {
        "Count", "CountIf", "Sum", "Avg", "ApproxDistinct", "Stddev", "StddevPop", "StddevSamp", "Variance", "VariancePop",
        "LogicalAnd", "LogicalOr",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A column of an input, and what became of it on the way up."""

    table: str
    column: str
    how: How = "value"

    def through(self, how: How) -> "_Leaf":
        """Deciding about rows outweighs being counted, being counted outweighs being a value."""
        order: tuple[How, ...] = ("value", "counted", "rows")
        return _Leaf(self.table, self.column, max(self.how, how, key=order.index))


@dataclass(slots=True)
class _Read:
    """What one query rests on: by column of its answer, in order, and for all its rows."""

    columns: list[tuple[str, set[_Leaf]]] = field(default_factory=list)
    rows: set[_Leaf] = field(default_factory=set)

    @property
    def all(self) -> set[_Leaf]:
        return self.rows.union(*(leaves for _, leaves in self.columns))

    def named(self, name: str) -> set[_Leaf]:
        return next((leaves for own, leaves in self.columns if own == name), set())


def edges_of(tree: "exp.Query", columns: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[Edge, ...]]:
    """Names of the answer's columns, and all its edges. `columns`: what each input has. Invalid names an unknown column."""
    from sqlglot import errors
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    schema: dict[str, object] = {name: dict.fromkeys(known, "VARCHAR") for name, known in columns.items()}
    try:
        whole = qualify(tree.copy(), dialect="duckdb", schema=schema, quote_identifiers=False, identify=False)
    except errors.SqlglotError as error:
        why = str(error).splitlines()[0][:200]
        raise Invalid("lake.select.column", msgid("A column cannot be found: %(why)s"), why=why) from error
    scope = build_scope(whole)
    if scope is None:
        raise Invalid("lake.select.not_one", msgid("Write exactly one SELECT."))
    found = _Reader().read(scope)
    edges = {Edge(leaf.table, leaf.column, name, leaf.how) for name, leaves in found.columns for leaf in leaves}
    edges |= {Edge(leaf.table, leaf.column, "", "rows") for leaf in found.rows}
    return tuple(name for name, _ in found.columns), tuple(sorted(edges))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads each part of a statement once, however often it is used."""

    seen: dict[int, _Read] = field(default_factory=dict)

    def read(self, scope: "Scope") -> _Read:
        from sqlglot import exp

        if id(scope) not in self.seen:
            both = isinstance(scope.expression, exp.SetOperation)
            self.seen[id(scope)] = self._both(scope) if both else self._one(scope)
        return self.seen[id(scope)]

    def _one(self, scope: "Scope") -> _Read:
        from sqlglot import exp

        found = _Read()
        for projection in _projections(scope.expression):
            leaves: set[_Leaf] = set()
            found.columns.append((projection.alias_or_name, leaves))
            for leaf in self._leaves(scope, projection):
                (found.rows if leaf.how == "rows" else leaves).add(leaf)
        for clause in _deciding(scope.expression):
            found.rows |= {leaf.through("rows") for leaf in self._leaves(scope, clause)}
        for source in scope.sources.values():
            if not isinstance(source, exp.Expr) and (source.is_derived_table or source.is_cte):
                found.rows |= {leaf.through("rows") for leaf in self.read(source).rows}
        return found

    def _both(self, scope: "Scope") -> _Read:
        """Two queries one below the other: columns by place, rows of both; what is only compared decides about rows."""
        from sqlglot import exp

        left, right = (self.read(part) for part in scope.set_operation_scopes)
        rows = left.rows | right.rows
        if not isinstance(scope.expression, exp.Union):
            rows |= {leaf.through("rows") for leaf in left.all | right.all}
        if len(left.columns) != len(right.columns):
            raise Invalid("lake.select.union", msgid("The parts of a UNION have different numbers of columns."))
        pairs = zip(left.columns, right.columns, strict=True)
        return _Read([(name, one | other) for (name, one), (_, other) in pairs], rows)

    def _leaves(self, scope: "Scope", part: "exp.Expr") -> Iterator[_Leaf]:
        """Every column below `part`, down to the inputs; queries inside it count with all that they read."""
        from sqlglot import exp

        inner = {id(one.expression): one for one in scope.subquery_scopes}
        for node in part.walk(prune=lambda node: id(node) in inner):
            if id(node) in inner:
                found = self.read(inner[id(node)])
                yield from (leaf.through("rows") for leaf in found.rows)
                yield from (leaf.through(_how(node, part)) for _, leaves in found.columns for leaf in leaves)
            elif isinstance(node, exp.Column):
                yield from (leaf.through(_how(node, part)) for leaf in self._resolved(scope, node))

    def _resolved(self, scope: "Scope", column: "exp.Column") -> set[_Leaf]:
        from sqlglot import exp

        at: Scope | None = scope
        while at is not None and column.table not in at.sources:
            at = at.parent
        source = at.sources[column.table] if at is not None else None
        if isinstance(source, exp.Table):
            return {_Leaf(source.name, column.name)}
        return self.read(source).named(column.name) if source is not None else set()


def _deciding(select: "exp.Expr") -> Iterator["exp.Expr"]:
    """The parts of a SELECT that say which rows there are."""
    from sqlglot import exp

    for key in ("where", "group", "having", "qualify", "distinct"):
        if isinstance(part := select.args.get(key), exp.Expr):
            yield part
    if select.args.get("limit") is not None and select.args.get("order") is not None:
        yield select.args["order"]
    for join in select.args.get("joins") or ():
        if isinstance(on := join.args.get("on"), exp.Expr):
            yield on
    group = select.args.get("group")
    if isinstance(group, exp.Expr) and group.args.get("all"):
        yield from (one for one in _projections(select) if not any(one.find_all(exp.AggFunc)))


def _projections(query: "exp.Expr") -> list["exp.Expr"]:
    from sqlglot import exp

    return query.selects if isinstance(query, exp.Query) else []


def _how(node: "exp.Expr", top: "exp.Expr") -> How:
    """Inside a count, a sum or a comparison a value is no longer to be seen."""
    from sqlglot import exp

    above: exp.Expr | None = node
    while above is not None and above is not top.parent:
        if type(above).__name__ in _COUNTS or isinstance(above, exp.Predicate):
            return "counted"
        above = above.parent
    return "value"
