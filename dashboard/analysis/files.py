"""Files of tables: CSV, XLSX and GeoPackage, with a note of what each shows and as of when. Nothing is ever a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

import geopandas
import pandas as pd
import pyogrio
import xlsxwriter

BOM: Final = "\ufeff"  # without it a spreadsheet takes Chinese for another code
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")  # OWASP: what a spreadsheet runs when a cell begins with it
NOTE_MARK: Final = "# "
MOST_ROWS: Final = {"xlsx": 1_000_000, "gpkg": 1_000_000}  # a sheet holds 1,048,576; a layer is made in memory
WGS84: Final = "EPSG:4326"
Notes = Sequence[tuple[str, str]]


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Any]], notes: Notes) -> Iterator[str]:
    """UTF-8 text with a byte order mark: a line `# name: words` for each note, then the head and the rows."""
    yield BOM + "".join(f"{_line([f'{NOTE_MARK}{name}: {words}'])}" for name, words in notes) + _line(head)
    for row in rows:
        yield _line([harmless(each) for each in row])


def _line(cells: Sequence[Any]) -> str:
    written = StringIO()
    csv.writer(written).writerow(["" if each is None else each for each in cells])
    return written.getvalue()


def write_xlsx(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]], notes: Notes, sheets: tuple[str, str]) -> None:
    """A workbook: the table on the first sheet, the notes on the second. Text is written as text, whatever it begins with."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        table = book.add_worksheet(sheets[0])
        table.freeze_panes(1, 0)
        table.write_row(0, 0, list(head), bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                _write(table, number, place, cell)
        told = book.add_worksheet(sheets[1])
        told.set_column(1, 1, 100)
        for number, (name, words) in enumerate(notes):
            told.write_string(number, 0, name, bold)
            told.write_string(number, 1, words)


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def write_geopackage(
    path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]], geometries: Sequence[Any], notes: Notes, layer: str
) -> None:
    """A layer of shapes in WGS84 (`None` where nobody knows), and a table `note`. As many geometries as rows."""
    table = pd.DataFrame([list(row) for row in rows], columns=list(head))
    shapes = geopandas.GeoDataFrame(table, geometry=list(geometries), crs=WGS84)
    kind = {"geometry_type": "Unknown"} if not len(shapes) or shapes.geometry.isna().all() else {}
    pyogrio.write_dataframe(shapes, path, layer=layer, driver="GPKG", **kind)
    pyogrio.write_dataframe(pd.DataFrame(list(notes), columns=["name", "words"]), path, layer="note", driver="GPKG", append=True)
