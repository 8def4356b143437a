"""What all tables of the course's TOML files have in common: the base struct, and the forms of their names."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
"""The name of a tier, module, lesson or path: lower case, digits, hyphens."""

MeasureName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
"""The name of an arm, a parameter or a metric: usable in a claim's expression, so no hyphens."""

Reference = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$")]
"""`module/name`: a lesson or an experiment."""

Value = bool | int | float | str


class ContentTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A table of a content file."""
