"""Pure decisions of the code: the frame, its window, refusals."""
