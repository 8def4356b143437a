"""Whether a value that stands in a spec is one that its parameter may have."""

from __future__ import annotations

from minimind_tui.base.text import LANGUAGES
from minimind_tui.content.schema import Parameter
from minimind_tui.content.tables import Value


def allowed(parameter: Parameter, value: Value) -> bool:
    """Whether `parameter` may be `value`, as far as its spec says; what a corpus or a model is called is not known."""
    if parameter.kind == "choice":
        return value in parameter.choices
    if parameter.kind == "language":
        return value in LANGUAGES
    if parameter.kind == "bool":
        return isinstance(value, bool)
    if parameter.kind not in ("int", "float"):
        return True
    if isinstance(value, (str, bool)) or (parameter.kind == "int" and not isinstance(value, int)):
        return False
    if parameter.choices and str(value) not in parameter.choices:
        return False
    low, high = parameter.minimum, parameter.maximum
    return (low is None or value >= low) and (high is None or value <= high)
