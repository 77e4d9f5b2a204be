"""The network canvas: layers in columns, numbers where they arise, and every part editable."""

from gui.views.canvas.canvas import NetworkCanvas

__all__ = ["NetworkCanvas"]
