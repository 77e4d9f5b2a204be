"""What is wrong with a typed expression, and where."""

from __future__ import annotations

from engine.errors import NablaError


class ExpressionError(NablaError):
    """An expression that cannot be read, or not be treated.

    Parameters
    ----------
    code
        Name of the message, ``"expression.…"``.
    position
        Index, in the text as it was typed, of the character at fault.
    length
        Number of characters at fault; 0 where there is no text to point at.
    details
        Further values that the message mentions.
    """

    def __init__(self, code: str, position: int = 0, length: int = 0, **details: object) -> None:
        super().__init__(code, position=position, length=length, **details)
        self.position = position
        self.length = length
