"""Real data that comes with Nabla: one table, one record a data set.

Sources, licences and what was changed are told in ``resources/data/README.md`` too.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from engine.data.dataset import Floats, Integers, read_only


@dataclass(frozen=True, slots=True)
class Bundled:
    """One bundled classification problem and where it is from.

    ``divisor`` turns the stored numbers into inputs (digits: sixteenths into [0, 1]);
    ``standardize`` says whether the inputs are better standardized before training; ``image`` is
    the shape (rows, columns) of a sample that is a picture.
    """

    key: str
    label: str
    file: str
    authors: str
    source: str
    doi: str
    licence: str
    classes: tuple[str, ...]
    divisor: float = 1.0
    standardize: bool = False
    image: tuple[int, int] | None = None


BUNDLED: dict[str, Bundled] = {
    record.key: record
    for record in (
        Bundled(
            key="iris",
            label="Iris",
            file="iris.csv",
            authors="R. A. Fisher (1936)",
            source="UCI Machine Learning Repository",
            doi="10.24432/C56C76",
            licence="CC BY 4.0",
            classes=("setosa", "versicolor", "virginica"),
            standardize=True,
        ),
        Bundled(
            key="digits",
            label="Handwritten digits",
            file="digits.csv.gz",
            authors="E. Alpaydin, C. Kaynak (1998)",
            source="UCI Machine Learning Repository",
            doi="10.24432/C50P49",
            licence="CC BY 4.0",
            classes=tuple("0123456789"),
            divisor=16.0,
            image=(8, 8),
        ),
    )
}


@dataclass(frozen=True, eq=False)
class BundledTable:
    """What a bundled file holds: inputs (n, n_features), class indices (n,), feature names."""

    inputs: Floats
    labels: Integers
    feature_names: tuple[str, ...]


@cache
def read_bundled(key: str) -> BundledTable:
    """Read a bundled data set; its class stands in the last column."""
    record = BUNDLED[key]
    content = files("resources").joinpath("data", record.file).read_bytes()
    if record.file.endswith(".gz"):
        content = gzip.decompress(content)
    header, *lines = content.decode("utf-8").splitlines()
    cells = [line.split(",") for line in lines]
    inputs = np.array([row[:-1] for row in cells], dtype=np.float64) / record.divisor
    labels = np.array([record.classes.index(row[-1]) for row in cells], dtype=np.int64)
    labels.flags.writeable = False
    return BundledTable(read_only(inputs), labels, tuple(header.split(",")[:-1]))
