"""Tasks from a file or from rows, in the form that the node takes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Union

Source = Union[str, Path, Iterable[dict]]
JSONL, CSV = "application/jsonl", "text/csv"


def read(source: Source, id_column: str = "id") -> tuple[bytes, str]:
    """Body and content type of an upload. `source` is the path of a .csv, .jsonl or .ndjson file, or
    rows; `id_column` holds the requester's own id of each task."""
    if not isinstance(source, (str, Path)):
        return lines(source, id_column), JSONL
    path = Path(source)
    kind = path.suffix.lower()
    if kind not in (".csv", ".jsonl", ".ndjson"):
        raise ValueError(f"{path}: a .csv, .jsonl or .ndjson file is needed")
    if id_column == "id":
        return path.read_bytes(), CSV if kind == ".csv" else JSONL
    with path.open(encoding="utf-8-sig", newline="") as file:
        if kind == ".csv":
            return lines(csv.DictReader(file), id_column), JSONL
        return lines((json.loads(line) for line in file if line.strip()), id_column), JSONL


def lines(rows: Iterable[dict[str, Any]], id_column: str) -> bytes:
    """Rows as JSON lines with their id under "id"."""
    out = []
    for number, row in enumerate(rows, 1):
        if row.get(id_column) in (None, ""):
            raise ValueError(f"row {number} has no {id_column!r}")
        content = {name: value for name, value in row.items() if name not in (id_column, "id")}
        line = json.dumps({"id": str(row[id_column]), **content}, ensure_ascii=False)
        out.append(line.encode() + b"\n")
    return b"".join(out)
