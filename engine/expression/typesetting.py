"""Trees in LaTeX, as one string or as pieces of a formula with one part set off.

A fraction, a root or an exponent is one atom: it cannot be broken, and has one colour. Where a part
inside it is to be set off, what stands around that part is written on one line instead, as
``(…)/x`` or ``√(…)``, so that the part can be pieces of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from engine.expression.exact import whole
from engine.expression.functions import TABLE, Function
from engine.expression.tree import (
    Call,
    Conditional,
    Constant,
    Negation,
    Node,
    Number,
    Path,
    Pending,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    fold,
    spine,
)
from engine.formula import Symbol

# How tightly a formula holds together; what is looser than its place asks for gets parentheses.
_CHOICE, _SUM, _PRODUCT, _APPLIED, _ATOM = range(5)
LONGEST_ATOM = 200
"""Atoms are joined to larger ones up to this many characters."""

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi",
    "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "ο": "omicron",
}  # fmt: skip
_RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}
_OPPOSITE = {"<": r"\ge", "<=": ">", ">": r"\le", ">=": "<"}


@dataclass(frozen=True, slots=True)
class _Atom:
    latex: str
    kind: Literal["ordinary", "sign", "fence"] = "ordinary"
    marked: bool = False


_MINUS = _Atom("-", "sign")
_PLUS = _Atom("+", "sign")
_TIMES = _Atom(r"\cdot", "sign")
_OVER = _Atom("/", "sign")


@dataclass(frozen=True, slots=True)
class _Written:
    """A typeset subtree.

    ``tall`` asks for large parentheses, ``digit`` tells that it begins with one. ``name`` is a
    function that stands before its argument, so that an exponent can go between them; ``open``
    tells that such an argument ends it, which would swallow what comes after. ``script`` is how an
    exponent writes it, where that is another way.
    """

    atoms: tuple[_Atom, ...]
    tightness: int = _ATOM
    tall: bool = False
    digit: bool = False
    name: str = ""
    open: bool = False
    script: str = ""

    @property
    def latex(self) -> str:
        return " ".join(atom.latex for atom in self.atoms)

    @property
    def has_mark(self) -> bool:
        return any(atom.marked for atom in self.atoms)


def typeset(root: Node) -> str:
    r"""Write a tree in LaTeX: ``3 x^{2} + x y``."""
    return fold(root, _write).latex


def pieces(root: Node, highlight: Path | None = None, role: str = "accent") -> tuple[Symbol, ...]:
    """Write a tree as the symbols of a formula.

    Parameters
    ----------
    root
        The tree.
    highlight
        Path of a part that gets pieces of its own.
    role
        The role, that is the colour, of those pieces.
    """
    if highlight is None:
        written = fold(root, _write)
    else:
        written = _with_mark(root, highlight)
    return tuple(
        Symbol(atom.latex, role if atom.marked else "text") for atom in _joined(written.atoms)
    )


def _with_mark(root: Node, path: Path) -> _Written:
    nodes = spine(root, path)
    part = fold(nodes[-1], _write)
    atoms = tuple(replace(atom, marked=True) for atom in part.atoms)
    written = replace(part, atoms=atoms, name="", script="")
    for node, index in zip(reversed(nodes[:-1]), reversed(path), strict=True):
        children = [
            written if i == index else fold(child, _write) for i, child in enumerate(node.children)
        ]
        written = _write(node, children, index)
    return written


def _joined(atoms: Iterable[_Atom]) -> list[_Atom]:
    """Join what stands between signs and parentheses, so that it is spaced as one formula."""
    result: list[_Atom] = []
    for atom in atoms:
        last = result[-1] if result else None
        if (
            last is not None
            and last.kind == atom.kind == "ordinary"
            and last.marked == atom.marked
            and len(last.latex) + len(atom.latex) < LONGEST_ATOM
        ):
            result[-1] = replace(last, latex=f"{last.latex} {atom.latex}")
        else:
            result.append(atom)
    return result


# ------------------------------------------------------------------------- one node


def _write(node: Node, children: list[_Written], inside: int | None = None) -> _Written:
    """Write a node; ``inside`` is the child that holds the part which is set off, if any does."""
    match node:
        case Number(text=text):
            return _number(text)
        case Constant(name=name):
            return _one(r"\pi" if name == "pi" else "e")
        case Variable(name=name):
            return _one(variable(name))
        case Negation():
            inner = _within(children[0], _PRODUCT)
            script = f"-{inner.script}" if inner.script else ""
            return _Written((_MINUS, *inner.atoms), _SUM, inner.tall, script=script)
        case Sum(terms=terms):
            return _sum(terms, children)
        case Product(factors=factors):
            return _product(factors, children)
        case Quotient():
            return _quotient(children, inside)
        case Power():
            return _power(node, children, inside)
        case Call():
            return _call(node, children, inside)
        case Conditional():
            return _conditional(node, children, inside)
        case Pending():
            inner = _fenced(children[0])
            return _Written((_one(operator(node)).atoms + inner.atoms), _APPLIED, tall=True)
    raise TypeError(type(node).__name__)


def variable(name: str) -> str:
    r"""Write a variable in LaTeX: ``x_1`` is ``x_{1}``, ``α`` is ``\alpha``."""
    letter, index = name[0], name[1:].lstrip("_")
    letter = f"\\{_GREEK[letter]}" if letter in _GREEK else letter
    return f"{letter}_{{{index}}}" if index else letter


def operator(pending: Pending) -> str:
    """Write d/dx, or ∂/∂x where other variables are held."""
    d = r"\partial" if pending.partial else "d"
    below = f"{d} {variable(pending.variable)}"
    return rf"\frac{{{d}}}{{{below}}}"


def _one(latex: str, tightness: int = _ATOM, *, tall: bool = False) -> _Written:
    return _Written((_Atom(latex),), tightness, tall)


def _number(text: str) -> _Written:
    mantissa, e, exponent = text.lower().partition("e")
    if not e:
        return _Written((_Atom(text),), digit=True)
    latex = rf"{mantissa} \times 10^{{{int(exponent)}}}"
    return _Written((_Atom(latex),), _PRODUCT, digit=True)


def _fenced(written: _Written) -> _Written:
    """Put parentheses around something; large ones are one atom with what is in them."""
    if written.tall and not written.has_mark:
        return _one(rf"\left( {written.latex} \right)", tall=True)
    left, right = (r"\Bigl(", r"\Bigr)") if written.tall else ("(", ")")
    atoms = (_Atom(left, "fence"), *written.atoms, _Atom(right, "fence"))
    return _Written(atoms, tall=written.tall)


def _within(written: _Written, least: int) -> _Written:
    return written if written.tightness >= least else _fenced(written)


def _sum(terms: tuple[Node, ...], children: list[_Written]) -> _Written:
    atoms: list[_Atom] = []
    for term, written in zip(terms, children, strict=True):
        if isinstance(term, Negation):
            # It brings its own sign.
            atoms += written.atoms
        else:
            atoms += [*([_PLUS] if atoms else []), *_within(written, _PRODUCT).atoms]
    return _Written(tuple(atoms), _SUM, any(child.tall for child in children))


def _product(factors: tuple[Node, ...], children: list[_Written]) -> _Written:
    atoms: list[_Atom] = []
    parts: list[_Written] = []
    for factor, written in zip(factors, children, strict=True):
        # A product in a product keeps its parentheses, and is seen to be one.
        part = _fenced(written) if isinstance(factor, Product) else _within(written, _PRODUCT)
        if parts and _needs_dot(factors[len(parts) - 1], parts[-1], factor, part):
            atoms.append(_TIMES)
        atoms += part.atoms
        parts.append(part)
    tall, swallows = any(part.tall for part in parts), any(part.open for part in parts)
    return _Written(tuple(atoms), _PRODUCT, tall, parts[0].digit, open=swallows)


def _needs_dot(left: Node, left_written: _Written, right: Node, right_written: _Written) -> bool:
    """Whether two factors side by side would be misread without a sign between them."""
    if right_written.digit or isinstance(right, Pending) or isinstance(left, Pending):
        return True
    if left_written.name and not right_written.name:
        return True
    if isinstance(right, Quotient):
        return isinstance(left, Quotient) or left_written.digit
    if left_written.tightness == _PRODUCT and isinstance(left, Number):
        return True
    bars = [isinstance(factor, Call) and factor.function == "abs" for factor in (left, right)]
    return all(bars)


def _quotient(children: list[_Written], inside: int | None) -> _Written:
    above, below = children
    if inside is None:
        written = _one(rf"\frac{{{above.latex}}}{{{below.latex}}}", _PRODUCT, tall=True)
        return replace(written, script=_on_one_line(above, below))
    above, below = _within(above, _PRODUCT), _within(below, _APPLIED)
    atoms = (*above.atoms, _OVER, *below.atoms)
    return _Written(atoms, _PRODUCT, above.tall or below.tall, above.digit)


def _on_one_line(above: _Written, below: _Written) -> str:
    """Write a fraction as an exponent has it, if that can be read."""
    if above.tall or below.tall:
        return ""
    above = _fenced(above) if above.open else _within(above, _PRODUCT)
    return f"{above.latex}/{_within(below, _ATOM).latex}"


def _raised(atoms: Iterable[_Atom], sign: str = "^") -> tuple[_Atom, ...]:
    return tuple(_Atom(f"{{}}{sign}{{{atom.latex}}}", marked=atom.marked) for atom in atoms)


def _with_exponent(base: _Written, exponent: str) -> tuple[_Atom, ...]:
    """Put an exponent on the last atom; on one beside it where that one is set off."""
    last = base.atoms[-1]
    if last.marked:
        return (*base.atoms, _Atom(f"{{}}^{{{exponent}}}"))
    return (*base.atoms[:-1], replace(last, latex=f"{last.latex}^{{{exponent}}}"))


def _power(node: Power, children: list[_Written], inside: int | None) -> _Written:
    base, exponent = children
    tall = base.tall or exponent.tall
    script = exponent.script or exponent.latex
    number = whole(node.exponent)
    if inside != 1 and base.name and number is not None and number > 1:
        # sin²x, not (sin x)².
        rest = base.atoms[0].latex.removeprefix(base.name)
        first = replace(base.atoms[0], latex=f"{base.name}^{{{script}}}{rest}")
        return replace(base, atoms=(first, *base.atoms[1:]))
    opaque = isinstance(node.base, Power) or (
        isinstance(node.base, Call) and TABLE[node.base.function].shape in ("root", "exponential")
    )
    written = _fenced(base) if opaque else _within(base, _ATOM)
    if inside == 1:
        atoms = (*written.atoms, *_raised(exponent.atoms))
    else:
        atoms = _with_exponent(written, script)
    return _Written(atoms, tall=tall, digit=written.digit)


# ------------------------------------------------------------------ functions and choices


def _call(node: Call, children: list[_Written], inside: int | None) -> _Written:
    function = TABLE[node.function]
    match function.shape:
        case "exponential":
            return _exponential(children[0], inside)
        case "root":
            return _root(function, children[0], inside)
        case "bars":
            return _bars(children[0])
        case "logarithm":
            return _logarithm(node, children, inside)
        case "operator":
            return _applied((_Atom(function.latex),), node.arguments[0], children[0])
        case "name":
            return _named(function, children)


def _exponential(argument: _Written, inside: int | None) -> _Written:
    if inside is not None:
        return _Written((_Atom("e"), *_raised(argument.atoms)), tall=argument.tall)
    if argument.tall and not argument.script:
        return _one(rf"\exp\left( {argument.latex} \right)", tall=True)
    return _one(f"e^{{{argument.script or argument.latex}}}")


def _root(function: Function, argument: _Written, inside: int | None) -> _Written:
    if inside is None:
        return _one(f"{function.latex}{{{argument.latex}}}", tall=argument.tall)
    sign = r"\surd" if function.name == "sqrt" else r"{}^{3}\surd"
    return _Written((_Atom(sign), *_fenced(argument).atoms), tall=argument.tall)


def _bars(argument: _Written) -> _Written:
    if argument.has_mark:
        atoms = (_Atom("|", "fence"), *argument.atoms, _Atom("|", "fence"))
        return _Written(atoms, tall=argument.tall)
    return _one(rf"\left| {argument.latex} \right|", tall=argument.tall)


def _logarithm(node: Call, children: list[_Written], inside: int | None) -> _Written:
    argument, base = children
    if inside == 1:
        name = (_Atom(r"\log"), *_raised(base.atoms, "_"))
        return replace(_applied(name, node.arguments[0], argument), name="")
    return _applied((_Atom(rf"\log_{{{base.latex}}}"),), node.arguments[0], argument)


def _applied(name: tuple[_Atom, ...], node: Node, argument: _Written) -> _Written:
    """Write a function before its argument, with parentheses unless that is as short as 2x."""
    factors = node.factors if isinstance(node, Product) else (node,)
    short = all(isinstance(factor, Number | Constant | Variable) for factor in factors)
    short = short and all(not isinstance(factor, Number) for factor in factors[1:])
    last = name[-1].latex
    spaced = last.startswith((r"\operatorname", r"\log_"))
    if short and argument.tightness >= _PRODUCT and _is_plain(argument):
        gap = r"\," if spaced else ""
        head = (*name[:-1], replace(name[-1], latex=f"{last}{gap}"))
        return _Written((*head, *argument.atoms), _APPLIED, name=last, open=True)
    inner = _fenced(argument)
    first = inner.atoms[0]
    if name[-1].marked:
        return _Written((*name, *inner.atoms), _APPLIED, inner.tall)
    # The parenthesis belongs to the name, with no space between them.
    head = (*name[:-1], _Atom(f"{last}{first.latex}", first.kind))
    return _Written((*head, *inner.atoms[1:]), _APPLIED, inner.tall, name=last)


def _is_plain(argument: _Written) -> bool:
    return all(atom.kind == "ordinary" and r"\times" not in atom.latex for atom in argument.atoms)


def _named(function: Function, children: list[_Written]) -> _Written:
    atoms: list[_Atom] = []
    for child in children:
        atoms += [*([_Atom(",", "fence")] if atoms else []), *child.atoms]
    inner = _fenced(_Written(tuple(atoms), tall=any(child.tall for child in children)))
    first = inner.atoms[0]
    head = _Atom(f"{function.latex}{first.latex}", first.kind)
    return _Written((head, *inner.atoms[1:]), tall=inner.tall)


def _conditional(node: Conditional, children: list[_Written], inside: int | None) -> _Written:
    value, left, right, otherwise = children
    relation = _RELATIONS[node.sign]
    if inside is None:
        # In a group of its own a minus is known to be a sign, and not an operation.
        first, left_side, right_side, second = (f"{{{child.latex}}}" for child in children)
        rows = (
            f"{first} & {left_side} {relation} {right_side}",
            f"{second} & {left_side} {_OPPOSITE[node.sign]} {right_side}",
        )
        return _one(rf"\begin{{cases}} {rows[0]} \\ {rows[1]} \end{{cases}}", _CHOICE, tall=True)
    atoms = (
        _Atom(r"\{", "fence"), *value.atoms, _Atom(",", "fence"),
        *left.atoms, _Atom(relation, "sign"), *right.atoms, _Atom(";", "fence"),
        *otherwise.atoms, _Atom(r"\}", "fence"),
    )  # fmt: skip
    return _Written(atoms, tall=any(child.tall for child in children))
