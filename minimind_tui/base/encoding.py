"""The text of a Python file, read as Python reads it: by its byte-order mark, else its coding line, else as UTF-8."""

from __future__ import annotations

import codecs
import io
import tokenize


def decoded(data: bytes) -> str:
    """The text without a byte-order mark. Raises SyntaxError with Python's reason where Python refuses the file."""
    try:
        encoding, first = tokenize.detect_encoding(io.BytesIO(data).readline)
        compile(b"".join(line for line in first if line.lstrip().startswith(b"#")), "<file>", "exec")
        return data.decode(encoding)
    except (SyntaxError, ValueError, LookupError) as error:
        raise _pythons_reason(data) or SyntaxError(str(error)) from error


def encoded(text: str, before: bytes) -> bytes:
    """The text as it is to be kept, in the encoding that it names, with the byte-order mark that `before` had.

    Raises UnicodeEncodeError where that encoding has no such character.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(text.encode("utf-8", "replace")).readline)
    except SyntaxError:  # no encoding that Python knows: what was typed is kept all the same
        encoding = "utf-8"
    if before.startswith(codecs.BOM_UTF8):
        return codecs.BOM_UTF8 + text.encode("utf-8", "replace")
    return text.encode(encoding, "replace" if encoding == "utf-8" else "strict")


def _pythons_reason(data: bytes) -> SyntaxError | None:
    """What `python FILE` says of it. `compile` lets a comment pass that is no UTF-8, which `python FILE` does not."""
    try:
        compile(data, "<file>", "exec")
        data.decode()
    except SyntaxError as error:
        return error
    except UnicodeDecodeError as error:
        line, sign = data.count(b"\n", 0, error.start) + 1, f"\\x{data[error.start]:02x}"
        said = f"Non-UTF-8 code starting with '{sign}' on line {line}, but no encoding declared"
        return SyntaxError(said, ("<file>", line, None, None))
    except (ValueError, LookupError):
        pass
    return None
