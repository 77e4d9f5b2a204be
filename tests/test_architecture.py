"""A room imports only from below: no arrow runs up, no circle, and no Qt in the engine."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From top to bottom: a room imports from its own line and from those below it.
GUI_LEVELS = (
    ("gui.cli",),
    ("gui.app",),
    ("gui.main_window",),
    ("gui.labs",),
    ("gui.export", "gui.formula", "gui.inspectors", "gui.views"),
    ("gui.state", "gui.actions", "gui.icons", "gui.messages", "gui.notice", "gui.wording"),
    ("gui.i18n", "gui.theme"),
    ("gui.palette", "gui.style_sheet"),
)
ENGINE_LEVELS = (
    ("engine.session",),
    ("engine.landscape",),
    ("engine.training",),
    ("engine.kernels",),
    ("engine.data", "engine.descent", "engine.network"),
    ("engine.calculus",),
    ("engine.autodiff",),
    ("engine.expression",),
    ("engine.formula", "engine.hyperparameters", "engine.table", "engine.timeline"),
    ("engine.errors", "engine.files", "engine.numbers", "engine.splitmix"),
)
# What the engine may not load: Qt belongs to the window, the others to the tests. Numba is for
# kernels, which are loaded when they are needed.
COMPILED = "engine.kernels."
LOADED_WITHOUT_NUMBA = {"engine.kernels.backend", "engine.kernels.cache", "engine.kernels.plan"}
FOREIGN_TO_THE_ENGINE = {"PySide6", "shiboken6", "pyqtgraph", "numba", "scipy", "sympy", "sklearn"}


@cache
def modules() -> dict[str, Path]:
    """Every module of the application: its dotted name and its file."""
    found = {"main": ROOT / "main.py"}
    for room in ("engine", "gui"):
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def is_for_types_only(node: ast.If) -> bool:
    test = node.test
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def statements(
    tree: ast.AST, *, lazy: bool = True, types: bool = True
) -> Iterator[ast.Import | ast.ImportFrom]:
    """The import statements of a module; `lazy` ones stand inside functions."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not lazy:
            continue
        elif isinstance(child, ast.If) and is_for_types_only(child) and not types:
            for other in child.orelse:
                yield from statements(other, lazy=lazy, types=types)
        else:
            yield from statements(child, lazy=lazy, types=types)


def names(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The dotted names that a statement may load: `from a import b` is `a.b`, and if not, `a`."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
    else:
        assert statement.level == 0, "imports are absolute"
        for alias in statement.names:
            full = f"{statement.module}.{alias.name}"
            yield full if full in modules() else str(statement.module)


def imports(module: str, *, lazy: bool = True, types: bool = True) -> set[str]:
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    return {
        name for statement in statements(tree, lazy=lazy, types=types) for name in names(statement)
    }


def room_level(module: str, levels: tuple[tuple[str, ...], ...]) -> int | None:
    for level, rooms in enumerate(levels):
        if any(module == room or module.startswith(room + ".") for room in rooms):
            return level
    return None


def top(module: str) -> str:
    return module.partition(".")[0]


def engine_modules() -> list[str]:
    return [module for module in modules() if top(module) == "engine"]


def gui_modules() -> list[str]:
    return [module for module in modules() if top(module) == "gui"]


def is_compiled(module: str) -> bool:
    """Whether a module is for Numba: it is loaded when kernels are needed, never before."""
    return module.startswith(COMPILED) and module not in LOADED_WITHOUT_NUMBA


def test_the_engine_knows_neither_the_window_nor_a_heavy_library() -> None:
    for module in engine_modules():
        forbidden = FOREIGN_TO_THE_ENGINE | {"gui"}
        if is_compiled(module):
            forbidden -= {"numba"}
        foreign = {top(name) for name in imports(module)} & forbidden
        assert not foreign, f"{module} imports {sorted(foreign)}"


def test_the_application_never_imports_its_tests() -> None:
    for module in modules():
        assert "tests" not in {top(name) for name in imports(module)}, module


def test_state_of_the_window_needs_no_widgets() -> None:
    for module in gui_modules():
        if module == "gui.state" or module.startswith("gui.state."):
            assert "PySide6.QtWidgets" not in imports(module), module


@pytest.mark.parametrize("levels", [ENGINE_LEVELS, GUI_LEVELS], ids=["engine", "gui"])
def test_no_arrow_runs_up(levels: tuple[tuple[str, ...], ...]) -> None:
    wrong = []
    for module in modules():
        here = room_level(module, levels)
        for name in imports(module, types=False):
            there = room_level(name, levels)
            if here is not None and there is not None and there < here:
                wrong.append(f"{module} imports {name}")
    assert not wrong


def test_no_circle_of_imports() -> None:
    """Neither between modules as they load, nor through imports inside functions."""
    graph = {
        module: sorted(name for name in imports(module, types=False) if name in modules())
        for module in modules()
    }
    circle = find_circle(graph)
    assert not circle, " -> ".join(circle)


def find_circle(graph: dict[str, list[str]]) -> list[str]:
    """Some circle in a graph, as the list of its nodes with the first one repeated; or none."""
    done: set[str] = set()
    path: list[str] = []

    def visit(node: str) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node not in done:
            path.append(node)
            for target in graph[node]:
                if circle := visit(target):
                    return circle
            path.pop()
            done.add(node)
        return []

    for start in graph:
        if circle := visit(start):
            return circle
    return []


def test_a_circle_would_be_found() -> None:
    assert find_circle({"a": ["b"], "b": ["c"], "c": ["b"]}) == ["b", "c", "b"]
    assert find_circle({"a": ["b", "c"], "b": ["c"], "c": []}) == []


def test_importing_the_whole_engine_loads_neither_qt_nor_numba() -> None:
    usual = [module for module in engine_modules() if not is_compiled(module)]
    script = (
        f"import sys; import {', '.join(usual)}\n"
        f"loaded = {{name.partition('.')[0] for name in sys.modules}}\n"
        f"print(*sorted(loaded & {FOREIGN_TO_THE_ENGINE | {'gui'}}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""


def test_every_room_is_a_package() -> None:
    """A folder without `__init__.py` would be missing from the wheel."""
    for path in modules().values():
        folder = path.parent
        assert folder == ROOT or (folder / "__init__.py").exists(), folder
