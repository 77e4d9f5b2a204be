"""The command line: open the window, or do the same job without a screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from engine.errors import NablaError
from gui.i18n import set_language, tr
from gui.wording import describe, describe_stop

FORMATS = ("png", "svg", "pdf", "csv")


def main(arguments: list[str] | None = None) -> int:
    """Run Nabla with command-line arguments; return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    set_language("system")
    try:
        if given[:1] == ["export"]:
            return _export(_export_parser().parse_args(given[1:]))
        return _open(_parser().parse_args(given))
    except NablaError as error:
        print(f"nabla-lab: {describe(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    from gui.about import program_version

    parser = argparse.ArgumentParser(
        prog="nabla-lab",
        description=tr("A laboratory for the calculus behind neural networks."),
        epilog=tr("nabla-lab export SOURCE --steps N --out DIR does the same without a screen."),
    )
    parser.add_argument("--version", action="version", version=f"Nabla {program_version()}")
    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help=tr("a lesson's id, a session file or a CSV file; left out: what was open last"),
    )
    return parser


def _export_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nabla-lab export",
        description=tr("Train without a screen and write every view to files."),
    )
    parser.add_argument(
        "source", metavar="SOURCE", help=tr("a lesson's id, a session file or a CSV file")
    )
    parser.add_argument(
        "--steps", type=_whole(0), default=0, metavar="N", help=tr("iterations to train")
    )
    parser.add_argument(
        "--every",
        type=_whole(1),
        default=1,
        metavar="K",
        help=tr("write the parameters of every K-th iteration"),
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help=tr("folder for the files")
    )
    parser.add_argument(
        "--format",
        dest="formats",
        action="append",
        choices=FORMATS,
        metavar="FORMAT",
        help=tr("png, svg, pdf or csv; may be given several times (default: png and csv)"),
    )
    parser.add_argument(
        "--scale", type=float, default=2.0, help=tr("pixels for each point of a PNG, 0.5 to 8")
    )
    parser.add_argument(
        "--theme", choices=("light", "dark"), default="light", help=tr("colours of the pictures")
    )
    return parser


def _whole(smallest: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``smallest`` on, for argparse."""

    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = smallest - 1
        if value < smallest:
            message = tr("{0} is not a whole number from {1} on").format(text, smallest)
            raise argparse.ArgumentTypeError(message)
        return value

    return number


def _open(arguments: argparse.Namespace) -> int:
    from gui.app import has_screen, run

    if not has_screen():
        print(
            tr("There is no screen here. To train and write the plots to files, type: make demo"),
            file=sys.stderr,
        )
        return 1
    return run(arguments.source)


def _export(arguments: argparse.Namespace) -> int:
    from gui.export import Paper
    from gui.export_job import export_source

    formats = tuple(dict.fromkeys(arguments.formats or ("png", "csv")))
    if not 0.5 <= arguments.scale <= 8.0:
        raise NablaError(
            "setting.out_of_bounds",
            name="--scale",
            value=arguments.scale,
            minimum=0.5,
            maximum=8.0,
        )
    result = export_source(
        arguments.source,
        arguments.steps,
        arguments.every,
        arguments.out,
        formats,
        Paper(scale=arguments.scale, scheme=arguments.theme),
    )
    for path in result.files:
        print(path)
    if result.stop is not None:
        print(f"nabla-lab: {describe_stop(result.stop)}", file=sys.stderr)
        return 1
    return 0
