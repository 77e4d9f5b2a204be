"""Reads a CSV file beside the window's thread; the newest request wins."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from engine.data import Table, read_table
from engine.errors import NablaError


@dataclass(frozen=True, slots=True)
class Request:
    """How to read a file; None: find out."""

    path: Path
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header: bool | None = None
    sample_rows: int | None = None
    sample_columns: int | None = None
    seed: int = 0

    def read(self) -> Table:
        """Read the file."""
        return read_table(
            self.path,
            encoding=self.encoding,
            delimiter=self.delimiter,
            decimal=self.decimal,
            header=self.header,
            sample_rows=self.sample_rows,
            sample_columns=self.sample_columns,
            seed=self.seed,
        )


class CsvReader(QObject):
    """Reads one request at a time.

    Signals
    -------
    done
        Emitted with the newest request and its Table, or the NablaError that kept it from being
        read.
    """

    done = Signal(object, object)
    _read = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: Request | None = None
        self._waiting: Request | None = None
        self._read.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being read."""
        return self._running is not None

    def ask(self, request: Request) -> None:
        """Read a file; what was asked for before is forgotten."""
        if self._running is None:
            self._start(request)
        else:
            self._waiting = request

    def _start(self, request: Request) -> None:
        self._running = request
        # A daemon: closing the dialog, or the program, does not wait for half a gigabyte.
        threading.Thread(target=self._work, args=(request,), name="csv", daemon=True).start()

    def _work(self, request: Request) -> None:
        result: Table | NablaError
        try:
            result = request.read()
        except NablaError as error:
            result = error
        except MemoryError:
            result = NablaError("csv.no_memory", path=str(request.path))
        try:
            self._read.emit(request, result)
        except RuntimeError:
            # The dialog was closed in the meantime.
            return

    def _receive(self, request: Request, result: object) -> None:
        self._running = None
        if self._waiting is not None:
            following, self._waiting = self._waiting, None
            self._start(following)
            return
        self.done.emit(request, result)
