"""The command line: `hunhe …`. Grows with the house."""

import sys


def main() -> int:
    """Run one command and return its exit code."""
    sys.stderr.write("hunhe: no command yet\n")
    return 2
