"""Arrow IPC files and streams, turned into Parquet piece by piece."""

from pathlib import Path
from typing import TYPE_CHECKING

from hunhe.stone.errors import Invalid, msgid

if TYPE_CHECKING:
    import pyarrow as pa

FILE, STREAM = b"ARROW1", b"\xff\xff\xff\xff"


def as_parquet(source: Path, folder: Path) -> Path:
    """The same rows as a Parquet file in the batch folder; Invalid when the bytes are not whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    target = folder / "arrow.parquet"
    try:
        with pa.memory_map(str(source)) as memory:
            reader = _reader(source, memory)
            with pq.ParquetWriter(target, reader.schema) as writer:
                for batch in reader:
                    writer.write_batch(batch)
    except (pa.ArrowException, OSError) as error:
        raise Invalid(
            "collect.file.unreadable", msgid("The file cannot be read: %(reason)s"), reason=str(error)[:200]
        ) from error
    return target


def _reader(source: Path, memory: "pa.MemoryMappedFile") -> "pa.RecordBatchReader":
    import pyarrow as pa

    with source.open("rb") as file:
        if not file.read(len(FILE)).startswith(FILE):
            return pa.ipc.open_stream(memory)
    opened = pa.ipc.open_file(memory)
    batches = (opened.get_batch(number) for number in range(opened.num_record_batches))
    return pa.RecordBatchReader.from_batches(opened.schema, batches)
