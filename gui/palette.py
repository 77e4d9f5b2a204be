"""The colours of Nabla as plain values: one token a meaning, one table a theme.

The hues are those of Okabe and Ito ("Color Universal Design", 2008), moved in lightness until text
in them has a contrast of 4.5 : 1 and neighbours stay apart for protan, deutan and tritan eyes.
No Qt here, so that tests and scripts can compute with the tables.
"""

from __future__ import annotations

from typing import Literal

Scheme = Literal["light", "dark"]

LIGHT: dict[str, str] = {
    "background": "#F3F4F6",
    "panel": "#FFFFFF",
    "raised": "#FAFBFC",
    "hover": "#E9EBF0",
    "pressed": "#DCDFE7",
    "border": "#D9DCE3",
    "control": "#858D9A",
    "grid": "#E4E7EC",
    "text": "#1B1F26",
    "muted": "#59616E",
    "accent": "#4F46D8",
    "on_accent": "#FFFFFF",
    "selection": "#6A2FD6",
    "forward": "#006B52",
    "backward": "#962800",
    "positive": "#0072B8",
    "negative": "#9A6200",
    "gradient": "#B32D86",
    "update": "#2B2A80",
    "secant": "#9A6200",
    "tangent": "#0072B8",
    "partial_x": "#0072B8",
    "partial_y": "#962800",
    "direction": "#006B52",
    "train": "#0072B8",
    "test": "#9A6200",
    "warning": "#8A5A00",
    "error": "#B3201F",
    "success": "#00704F",
    "class_0": "#C77700",
    "class_1": "#0072B8",
    "class_2": "#00805F",
    "class_3": "#B32D86",
    "class_4": "#7A1F00",
    "class_5": "#2F8FC4",
    "class_6": "#6F6600",
    "class_7": "#4A45D1",
    "class_8": "#808A96",
    "class_9": "#1F2A36",
    "run_0": "#0072B8",
    "run_1": "#962800",
    "run_2": "#00805F",
    "run_3": "#B32D86",
    "run_4": "#B87400",
    "run_5": "#1F2A36",
    "run_6": "#6A2FD6",
    "run_7": "#808A96",
}

DARK: dict[str, str] = {
    "background": "#14171C",
    "panel": "#1C2026",
    "raised": "#262B33",
    "hover": "#2C323B",
    "pressed": "#363D48",
    "border": "#343A44",
    "control": "#737D8C",
    "grid": "#2A2F37",
    "text": "#E8EAEE",
    "muted": "#A3ABB8",
    "accent": "#8F8CFF",
    "on_accent": "#14171C",
    "selection": "#C6A6FF",
    "forward": "#4FD6B0",
    "backward": "#FF7A45",
    "positive": "#4FA8EE",
    "negative": "#F2B233",
    "gradient": "#E77FC0",
    "update": "#DAD4FF",
    "secant": "#F2B233",
    "tangent": "#4FA8EE",
    "partial_x": "#4FA8EE",
    "partial_y": "#FF7A45",
    "direction": "#4FD6B0",
    "train": "#4FA8EE",
    "test": "#F2B233",
    "warning": "#F2B233",
    "error": "#FF8A80",
    "success": "#4FD6B0",
    "class_0": "#F2A63A",
    "class_1": "#4FA8EE",
    "class_2": "#1FB58A",
    "class_3": "#E77FC0",
    "class_4": "#D9541E",
    "class_5": "#A6DBFF",
    "class_6": "#F5EC8A",
    "class_7": "#8A8FFF",
    "class_8": "#7A828E",
    "class_9": "#FFFFFF",
    "run_0": "#4FA8EE",
    "run_1": "#FF7A45",
    "run_2": "#2FC79B",
    "run_3": "#E77FC0",
    "run_4": "#F5EC8A",
    "run_5": "#FFFFFF",
    "run_6": "#8A7CFF",
    "run_7": "#7A828E",
}

TABLES: dict[Scheme, dict[str, str]] = {"light": LIGHT, "dark": DARK}

SURFACES = ("background", "panel")
"""What text and marks stand on."""

TEXT_TOKENS = (
    "text",
    "muted",
    "accent",
    "selection",
    "forward",
    "backward",
    "positive",
    "negative",
    "gradient",
    "update",
    "secant",
    "tangent",
    "partial_x",
    "partial_y",
    "direction",
    "train",
    "test",
    "warning",
    "error",
    "success",
)
"""Tokens in which words and formulas are written: contrast of at least 4.5."""

GRAPHIC_TOKENS = (
    "control",
    *(f"class_{number}" for number in range(10)),
    *(f"run_{number}" for number in range(8)),
)
"""Tokens in which marks, lines and outlines are drawn: contrast of at least 3."""

# The ends of the diverging map and its neutral middle, which is the panel's own tone, so that
# "nothing" looks like nothing in both themes.
DIVERGING: dict[Scheme, tuple[str, ...]] = {
    "light": ("#8A4B00", "#D98A1F", "#F6CF94", "#F5F5F5", "#A3CBE8", "#2F8BCB", "#004E85"),
    "dark": ("#FFD08A", "#DD9426", "#7A5318", "#262A31", "#1F4C70", "#3C93D6", "#A6D8FF"),
}


def channels(hexadecimal: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a colour written as #RRGGBB."""
    return (int(hexadecimal[1:3], 16), int(hexadecimal[3:5], 16), int(hexadecimal[5:7], 16))


def luminance(hexadecimal: str) -> float:
    """Relative luminance from 0 (black) to 1 (white), as WCAG 2.2 defines it."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in channels(hexadecimal))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, from 1 (equal) to 21 (black on white), as in WCAG 2.2."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)
