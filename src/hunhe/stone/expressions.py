"""Guards: short CEL sentences over one case, fenced so that none can hang or swell.

CEL has no loops of its own, but its macros multiply: a triple nested `map` over two hundred items runs for minutes and
cannot be stopped from outside. So a guard is read token by token before it is compiled (see `stone.fences`), only names and
functions on a list are let in, and what it would cost over the values at hand is reckoned before it runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.fences import Shape, refused, survey

LONGEST_SOURCE = 2048
LONGEST_LIST = 200
LONGEST_TEXT = 10_000
MOST_NODES = 5_000
DEEPEST_VALUE = 12
BUDGET = 1_000_000
"""Steps a guard may take; about a tenth of a microsecond each."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A compiled condition. Make one with `guard`."""

    source: str
    shape: Shape
    _run: Callable[[dict[str, Any]], Any]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the condition is true of `values` (JSON-like: mappings, sequences, text, numbers, booleans, None).

        Invalid when a value is missing or of the wrong kind, when the answer is not true or false, or when the values are
        too large to weigh.
        """
        cost = self.shape.cost(*measure(values))
        if cost > BUDGET:
            raise Invalid(
                "expressions.cost", msgid("The condition “%(source)s” would take too long over so much."), source=self.source
            )
        try:
            answer = self._run(dict(values))
        except KeyError as error:
            name = str(error.args[0]).strip("'") if error.args else ""
            raise Invalid(
                "expressions.missing",
                msgid("The condition “%(source)s” needs %(name)s, which is not known yet."),
                source=self.source,
                name=name,
            ) from error
        except (TypeError, ValueError, ArithmeticError, LookupError, RuntimeError) as error:
            raise Invalid(
                "expressions.failed",
                msgid("The condition “%(source)s” cannot be decided: %(why)s"),
                source=self.source,
                why=str(error)[:200],
            ) from error
        if not isinstance(answer, bool):
            raise Invalid(
                "expressions.not_bool", msgid("The condition “%(source)s” does not answer yes or no."), source=self.source
            )
        return answer


@lru_cache(maxsize=4096)
def guard(source: str, names: frozenset[str]) -> Guard:
    """Compile a condition that may speak of `names` only. Invalid, with line and column, when a fence or the grammar refuses it."""
    if len(source.encode()) > LONGEST_SOURCE:
        raise Invalid(
            "expressions.too_long",
            msgid("A condition may have %(limit)s bytes at most."),
            limit=LONGEST_SOURCE,
            line=1,
            column=1,
        )
    import cel  # here, because the package brings a terminal toolkit along: half a second at every start

    shape = survey(source, names, LONGEST_LIST)
    try:
        program = cel.compile(source)
    except ValueError as error:
        raise _syntax(source, str(error)) from error
    return Guard(source, shape, program.execute)


def _syntax(source: str, complaint: str) -> Invalid:
    """The parser says `ERROR: <input>:line:column: why`."""
    place, _, why = complaint.partition("<input>:")[2].partition(": ")
    line, _, column = place.partition(":")
    at = (int(line), int(column)) if line.isdigit() and column.isdigit() else (1, 1)
    return refused("expressions.syntax", msgid("Not a condition, line %(line)s column %(column)s: %(why)s"), at, why=why[:200])


def measure(values: Mapping[str, Any]) -> tuple[int, int]:
    """(longest list or mapping, number of nodes) of what a guard will see; Invalid beyond the limits."""
    longest, nodes = 1, 0
    waiting: list[tuple[Any, int]] = [(value, 1) for value in values.values()]
    while waiting:
        value, depth = waiting.pop()
        nodes += 1
        if isinstance(value, str):
            nodes += len(value) // 64
            fits = len(value) <= LONGEST_TEXT
        elif isinstance(value, Mapping):
            longest = max(longest, len(value))
            fits = len(value) <= LONGEST_LIST
            waiting += [(part, depth + 1) for part in value.values()] if fits else []
        elif isinstance(value, list | tuple):
            longest = max(longest, len(value))
            fits = len(value) <= LONGEST_LIST
            waiting += [(part, depth + 1) for part in value] if fits else []
        else:
            fits = value is None or isinstance(value, bool | int | float)
        if not fits or nodes > MOST_NODES or depth > DEEPEST_VALUE:
            raise Invalid(
                "expressions.values", msgid("What is known of the case is too large or of a kind no condition can weigh.")
            )
    return longest, nodes
