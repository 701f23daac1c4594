"""What a check found wrong: the first few named, the rest counted."""

from dataclasses import dataclass, field

from hunhe.kernel.audit.shapes import CheckResult

_NAMED = 20


@dataclass(slots=True)
class Findings:
    """Collects without growing: twenty findings are enough to act on."""

    named: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, finding: str) -> None:
        self.count += 1
        if len(self.named) < _NAMED:
            self.named.append(finding)

    def result(self, check: str, good: str) -> CheckResult:
        """`good` is the detail when nothing was found."""
        if not self.count:
            return CheckResult(check, ok=True, detail=good)
        more = f"; and {self.count - len(self.named)} more" if self.count > len(self.named) else ""
        return CheckResult(check, ok=False, detail="; ".join(self.named) + more)
