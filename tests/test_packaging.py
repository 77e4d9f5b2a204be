"""What is built from a checkout works without it; without its dependencies it says so in a line."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("engine", "gui", "resources")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the wheel is built from: a build writes beside its sources."""
    copy = tmp_path_factory.mktemp("sources")
    ignored = shutil.ignore_patterns("__pycache__")
    for room in (*ROOMS, "tests"):
        shutil.copytree(ROOT / room, copy / room, ignore=ignored)
    for pattern in ("pyproject.toml", "main.py", "README*", "LICENSE"):
        for path in ROOT.glob(pattern):
            shutil.copy(path, copy)
    return copy


@pytest.fixture(scope="module")
def wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", folder, sources)
    (built,) = folder.glob("nabla_lab-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of a fresh environment that holds the wheel.

    The dependencies are borrowed from the environment of the tests; a checkout that is installed
    there as editable is not, because path files are read in an environment's own folder only.
    """
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    paths = sysconfig.get_paths("venv", vars={"base": str(home), "platbase": str(home)})
    programs = Path(paths["scripts"])
    pip("--python", home, "install", "--no-index", "--no-deps", wheel)
    borrowed = Path(paths["purelib"], "borrowed.pth")
    borrowed.write_text("\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}))
    return programs


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_wheel_holds_every_room_and_no_tests(wheel: Path, sources: Path) -> None:
    expected = {
        path.relative_to(sources).as_posix()
        for room in ROOMS
        for path in (sources / room).rglob("*")
        if path.is_file() and "screenshots" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        information = {name.partition("/")[2] for name in archive.namelist()} - packed
    assert packed == expected
    assert {"METADATA", "entry_points.txt", "licenses/LICENSE"} <= information


def test_the_installed_program_exports_the_lesson_by_hand(installed: Path, tmp_path: Path) -> None:
    command = [
        str(installed / "nabla-lab"),
        *("export", "backprop-by-hand"),
        *("--steps", "1", "--format", "csv", "--out", str(tmp_path / "out")),
    ]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stderr == ""
    losses = (tmp_path / "out" / "loss.csv").read_text(encoding="utf-8").splitlines()
    assert losses[:2] == ["step,loss", "0,7200"]
    assert losses[2].startswith("1,3225.137172")
    assert len(losses) == 3
    parameters = (tmp_path / "out" / "parameters.csv").read_text(encoding="utf-8").splitlines()
    assert parameters[0] == "step,name,value,gradient"
    assert "0,w1_11,0.5,4800" in parameters


def test_the_installed_program_uses_its_own_files(installed: Path, tmp_path: Path) -> None:
    script = (
        "import engine, gui, resources; print(engine.__file__, gui.__file__, resources.__file__)"
    )
    command = [str(installed / "python"), "-c", script]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    files = [Path(name) for name in result.stdout.split()]
    assert len(files) == len(ROOMS)
    assert all(file.is_relative_to(installed.parent) for file in files)


def test_without_its_dependencies_it_says_in_one_line_what_to_type() -> None:
    command = [sys.executable, "-I", "-S", str(ROOT / "main.py")]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert "no numpy" in line
    assert line.endswith("make run")


def test_on_an_old_python_it_says_in_one_line_what_to_type() -> None:
    script = (
        "import runpy, sys; sys.version_info = (3, 6, 9, 'final', 0);"
        f"runpy.run_path({str(ROOT / 'main.py')!r}, run_name='__main__')"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert "3.11 or newer; this is 3.6" in line
    assert line.endswith("make run")


def test_the_start_file_parses_on_an_old_python() -> None:
    ast.parse((ROOT / "main.py").read_text(encoding="utf-8"), feature_version=(3, 6))
