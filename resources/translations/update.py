"""Gather the texts of the window and bring the catalogues up to date.

Texts come from three places: calls of ``tr``, ``mark`` and ``bind`` in ``gui``; the ``Text`` pieces
of formulas in ``engine``; and the labels in the engine's tables, where a new record brings its
text with it.

``python resources/translations/update.py`` rewrites ``nabla.pot``, ``zh_CN.po`` and ``zh_CN.mo``.
Translations that are there stay; texts that are gone go; new ones appear with an empty
translation, which a test refuses until somebody fills it in.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TEMPLATE = HERE / "nabla.pot"
LANGUAGE = "zh_CN"

# Which argument of a call is a text, by the function's name.
KEYWORDS = {"tr": 0, "mark": 0, "bind": 2}
ENGINE_KEYWORDS = {"Text": 0, "note": 0}

# The files say what they hold, not when they were written: equal texts give equal bytes.
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)


def texts(path: Path, keywords: dict[str, int] = KEYWORDS) -> Iterator[tuple[int, str]]:
    """Every text in a Python file that is to be translated, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="i18n"), attr=name):
                position = keywords.get(name)
            case _:
                continue
        if position is None or position >= len(node.args):
            continue
        match node.args[position]:
            case ast.Constant(value=str(text)) if text:
                yield node.lineno, text


def labels(path: Path) -> Iterator[str]:
    """The labels of the records that stand in the tables of a module of the engine."""
    if not re.search(r"\blabels?\b", path.read_text(encoding="utf-8"), re.IGNORECASE):
        return
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for attribute, value in vars(importlib.import_module(name)).items():
        if attribute == "LABELS":
            yield from value.values()
        yield from _labels(value)


def _labels(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _labels(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _labels(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if field.name in ("label", "idea") and isinstance(item, str):
                yield item
            else:
                yield from _labels(item)


def gather() -> Catalog:
    """The template: every text once, with the files that use it."""
    found: dict[str, list[str]] = {}

    def note(text: str, path: Path) -> None:
        name = path.relative_to(ROOT).as_posix()
        places = found.setdefault(text, [])
        if name not in places:
            places.append(name)

    for path in sorted((ROOT / "gui").rglob("*.py")):
        for _, text in sorted(texts(path)):
            note(text, path)
    for path in sorted((ROOT / "engine").rglob("*.py")):
        for _, text in sorted(texts(path, ENGINE_KEYWORDS)):
            note(text, path)
        for text in sorted(set(labels(path))):
            if text:
                note(text, path)
    template = _catalog(None)
    for text, places in found.items():
        template.add(text, locations=[(place, 0) for place in places])
    return template


def _catalog(locale: str | None) -> Catalog:
    return Catalog(
        locale=locale,
        project="Nabla",
        version="1",
        copyright_holder="The Nabla authors",
        msgid_bugs_address="-",
        last_translator="The Nabla authors",
        language_team="The Nabla authors",
        creation_date=EPOCH,
        revision_date=EPOCH,
        header_comment="# Texts of Nabla.",
        fuzzy=False,
    )


def read(path: Path) -> Catalog:
    """A catalogue from its file; an empty one where there is none yet."""
    if not path.is_file():
        return _catalog(LANGUAGE)
    with path.open("rb") as stream:
        return read_po(stream, locale=LANGUAGE)


def merged(template: Catalog, translated: Catalog) -> Catalog:
    """The template's texts with the translations that are known."""
    result = _catalog(LANGUAGE)
    for message in template:
        if not message.id:
            continue
        known = translated.get(message.id)
        string = known.string if known is not None and not known.fuzzy else ""
        result.add(message.id, string=string or "", locations=message.locations)
    return result


def as_po(catalog: Catalog) -> bytes:
    """A catalogue as the text of a .po file."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=100, sort_output=True, include_lineno=False)
    return stream.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """A catalogue in the compiled form that gettext reads."""
    stream = io.BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def write(translated: Catalog) -> list[str]:
    """Rewrite the three files; the texts that have no translation yet."""
    template = gather()
    catalog = merged(template, translated)
    TEMPLATE.write_bytes(as_po(template))
    (HERE / f"{LANGUAGE}.po").write_bytes(as_po(catalog))
    (HERE / f"{LANGUAGE}.mo").write_bytes(as_mo(catalog))
    return [str(message.id) for message in catalog if message.id and not message.string]


def main() -> int:
    """Bring the files up to date; 1 when texts wait for a translation."""
    waiting = write(read(HERE / f"{LANGUAGE}.po"))
    for text in waiting:
        sys.stdout.write(f"not translated: {text}\n")
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
