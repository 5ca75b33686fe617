"""The small CSV files that a course directory keeps: what nbgrader's gradebook has no place for."""

import csv
import os


def read(path, columns):
    """Read a table.

    Parameters
    ----------
    path : Path
    columns : tuple of str

    Returns
    -------
    list of dict of str to str
        One for each line, with exactly these columns; empty if there is no such file.

    Raises
    ------
    ValueError
        If the file has other columns, or a line too few or too many fields.
    """
    if not path.exists():
        return []
    with open(path, encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        header = next(reader, [])
        if tuple(header) != columns:
            raise ValueError(f"{path.name}, line 1: expected the columns {', '.join(columns)}, got {', '.join(header)}")
        rows = []
        for fields in reader:
            if len(fields) != len(columns):
                raise ValueError(
                    f"{path.name}, line {reader.line_num}: expected {len(columns)} fields, got {len(fields)}"
                )
            rows.append(dict(zip(columns, fields, strict=True)))
    return rows


def write(path, columns, rows):
    """Write a table in one step: whoever reads meanwhile finds the old or the new one."""
    draft = path.with_name(f".{path.name}.new")
    with open(draft, "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(draft, path)
