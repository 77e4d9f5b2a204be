"""Data sets: generated, bundled and imported; ``load`` makes one from its specification."""

from __future__ import annotations

from engine.data.bundled import BUNDLED, Bundled
from engine.data.columns import Column
from engine.data.dataset import Dataset, Scaling, split_rows
from engine.data.generated import KINDS, Kind
from engine.data.spec import (
    BundledData,
    DataSpec,
    FixedData,
    GeneratedData,
    TableData,
    load,
    validate,
)
from engine.data.stored import from_json, to_json
from engine.data.table import Suggestion, Table, read_table, table_data

__all__ = [
    "BUNDLED",
    "KINDS",
    "Bundled",
    "BundledData",
    "Column",
    "DataSpec",
    "Dataset",
    "FixedData",
    "GeneratedData",
    "Kind",
    "Scaling",
    "Suggestion",
    "Table",
    "TableData",
    "from_json",
    "load",
    "read_table",
    "split_rows",
    "table_data",
    "to_json",
    "validate",
]
