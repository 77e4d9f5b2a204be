"""Every picture as a file: PNG, SVG and PDF of what is seen, CSV of the data behind it.

:func:`export_view` and :func:`export_window` write files, :mod:`gui.export.clipboard` copies, and
:class:`gui.export.exporter.Exporter` joins views to the dialog.
"""

from __future__ import annotations

from gui.export.export import (
    FORMATS,
    Format,
    Paper,
    export_view,
    export_window,
    format_of,
    proposed_name,
)

__all__ = [
    "FORMATS",
    "Format",
    "Paper",
    "export_view",
    "export_window",
    "format_of",
    "proposed_name",
]
