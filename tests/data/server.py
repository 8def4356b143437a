"""A web server on the loopback that misbehaves as told: cut connections, no ranges, wrong statuses."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    """What the server has, and how it gives it. `cuts`: after how many bytes each next answer breaks off."""

    content: bytes
    status: int | None = None
    ranges: bool = True
    shifted: bool = False
    cuts: list[int] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)
    url: str = ""


@contextlib.contextmanager
def serve(behaviour: Behaviour) -> Iterator[Behaviour]:
    """Run the server while the block lasts. `url` becomes its address, `asked` the Range of each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            behaviour.asked.append(asked)
            if behaviour.status is not None:
                self.send_error(behaviour.status)
                return
            start = int(asked.removeprefix("bytes=").split("-")[0]) if asked and behaviour.ranges else 0
            size = len(behaviour.content)
            if start and start >= size:
                self.send_error(416)
                return
            first = max(0, start - 1) if behaviour.shifted else start
            body = behaviour.content[first:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: behaviour.cuts.pop(0)] if behaviour.cuts else body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    behaviour.url = f"http://127.0.0.1:{server.server_address[1]}/text"
    try:
        yield behaviour
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
