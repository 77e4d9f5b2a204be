"""The data behind a picture as CSV."""

from __future__ import annotations

from engine.table import csv_text
from gui.views.view import View


def csv_bytes(view: View) -> bytes:
    """The view's table with every digit, as UTF-8."""
    return csv_text(view.table()).encode("utf-8")
