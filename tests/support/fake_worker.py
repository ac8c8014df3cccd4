"""A worker for tests of the supervisor: ``fake_worker.py BEHAVIOR … --http-port PORT``.

``works`` answers ``/health``; ``stubborn`` does too, and ignores SIGTERM; ``silent`` does not
answer; ``babbles TEXT`` answers this text; ``shouts N`` logs N bytes and works; ``ends CODE`` ends
at once; ``ends-until PATH N`` ends, counts its starts in a file, and works from the Nth start on.
"""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Health(BaseHTTPRequestHandler):
    """Answers that it is ready, with its process id and broker."""

    def do_GET(self) -> None:
        state = {"ready": True, "pid": os.getpid(), "broker": os.environ.get("NEWS_BROKER", "")}
        body = sys.argv[2].encode() if sys.argv[1] == "babbles" else json.dumps(state).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


def count_start(path: Path) -> int:
    """Count a start in a file; return the number of earlier starts."""
    path.touch()
    before = len(path.read_text())
    path.write_text("x" * (before + 1))
    return before


def main() -> None:
    """Behave as the arguments say."""
    match sys.argv[1:-2]:
        case ["ends", code]:
            sys.exit(int(code))
        case ["ends-until", path, times] if count_start(Path(path)) < int(times):
            print("ending", file=sys.stderr)  # noqa: T201  # its log
            sys.exit(1)
        case ["shouts", n_bytes]:
            sys.stderr.write(("x" * 99 + "\n") * (int(n_bytes) // 100) + "the last line\n")
        case ["silent"]:
            time.sleep(600)
        case ["stubborn"]:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
    HTTPServer(("127.0.0.1", int(sys.argv[-1])), Health).serve_forever()


if __name__ == "__main__":
    main()
