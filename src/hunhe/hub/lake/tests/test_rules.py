"""What a writer does after a crash follows from the lake, the pointer and its own batch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.hub.lake.rules import Newest, Step, first_step, is_table_name


@pytest.mark.parametrize(
    ("newest", "pointer", "seq", "step"),
    [
        (None, None, 1, Step.WRITE),
        (Newest(4, 7), 4, 8, Step.WRITE),
        (Newest(5, 8), 4, 8, Step.ADOPT),
        (Newest(0, 1), None, 1, Step.ADOPT),
        (Newest(5, 7), 4, 8, Step.RESTORE),
        (Newest(5, None), 4, 8, Step.RESTORE),
        (Newest(0, 1), None, 2, Step.WRITE),
    ],
)
def test_first_step(newest: Newest | None, pointer: int | None, seq: int, step: Step) -> None:
    assert first_step(newest, pointer, seq) is step


@given(st.integers(0, 50), st.integers(0, 50), st.none() | st.integers(0, 50), st.integers(0, 50))
def test_only_this_batch_past_the_pointer_is_adopted(version: int, pointer: int, written: int | None, seq: int) -> None:
    step = first_step(Newest(version, written), pointer, seq)
    assert (step is Step.ADOPT) == (version > pointer and written == seq)
    assert (step is Step.WRITE) == (version <= pointer)


def test_table_names_cannot_leave_the_lake() -> None:
    assert is_table_name("human_resources.employment.quarantine")
    assert not any(is_table_name(name) for name in ("", "..", "a/b", "A", "a..b", ".a", "a.", "a" * 64, "1a", "a\n"))
