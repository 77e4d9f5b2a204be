"""One kind of error for everything that a user can get wrong."""

from __future__ import annotations


class NablaError(ValueError):
    """Something that the user can mend.

    Parameters
    ----------
    code
        Stable name of the message, for example ``"csv.missing_value"``. The engine does not word
        messages: the front end keeps one table from codes to texts in each language.
    details
        Plain values that the text mentions: a line, a column, a bound.
    """

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        self.details = details
        listed = ", ".join(f"{name}={value!r}" for name, value in details.items())
        super().__init__(f"{code} ({listed})" if listed else code)
