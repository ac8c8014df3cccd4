"""Render the templates of subscribers in a process of its own, with hard limits of time and memory.

A template is a program of an untrusted user. Charging it for what it builds means to account for
every operation of Jinja, and one forgotten operation (``~`` was one) takes a gigabyte. The kernel
counts them all: it ends the process after its CPU time, and refuses memory above a limit.
"""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Lock
from typing import Final, Self

import msgspec
import psutil

from streams.alerts.policy import MessageKind
from streams.alerts.templates.format import BodyFormat
from streams.alerts.templates.render import (
    MAX_SHOWN,
    RenderedMessage,
    check_templates,
    render_message,
    without_templates,
)
from streams.alerts.templates.validate import InvalidTemplateError
from streams.errors import NewsStreamsError
from streams.records import Alert, Subscription
from streams.records.topics import MIB

CPU_SECONDS: Final = 1.0
"""CPU time of a request. A digest of fifty alerts, the longest message, takes some 5 ms."""

EXTRA_BYTES: Final = 96 * MIB
"""Address space of the process beyond what it has when it is ready: a message has 200 KB."""

WALL_SECONDS: Final = 30.0
"""Longest wait for an answer, on a machine that gives the process a thirtieth of a core."""

MAX_MESSAGE_BYTES: Final = 16 * MIB
"""Longest answer that is read: three formats of 200,000 characters have some 3 MB."""

MAX_FILES: Final = 64
"""Open files of the process: it reads default templates and time zones."""

TOO_LONG: Final = f"it takes more than {CPU_SECONDS:g} s to render; use fewer loops"
TOO_LARGE: Final = f"it needs more than {EXTRA_BYTES // MIB} MiB of memory"
CRASHED: Final = "it cannot be rendered; it is nested too deeply, or too large"

_REFUSED: Final = 1000
"""Number of templates that are remembered because they ended the process."""


class RenderRequest(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message to render, see `render_message`."""

    alerts: list[Alert]
    count: int
    subscription: Subscription
    form: MessageKind
    formats: list[BodyFormat]


class CheckRequest(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Templates to check, see `check_templates`."""

    title: str
    body: str
    sample: Alert


class RenderAnswer(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The messages of a `RenderRequest`, by format; none for a `CheckRequest` without a problem."""

    messages: list[RenderedMessage] = []


class ProblemAnswer(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The problem of a template, see `InvalidTemplateError`."""

    line: int
    problem: str
    text: str


Request = RenderRequest | CheckRequest
Answer = RenderAnswer | ProblemAnswer

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


class TemplateProcess:
    """Renders templates in a process that is started when the first one is needed.

    A template that exceeds a limit ends the process; the next request starts a new one. Default
    templates are rendered here, they are ours. Blocks: call it in a thread. One request is
    rendered at a time; others wait.

    Args:
        cpu_seconds: CPU time of a request.
        extra_bytes: Memory of the process beyond what it needs itself.

    Examples:
        >>> alert = Alert(id="rates/x/1", subscription_id="rates",
        ...     article_id="6b626991-d331-5668-91ea-aedb6407150e", title="Bank raises rates")
        >>> rates = Subscription(id="rates", query="rate*", title_template="{{ alert.title }}!")
        >>> with TemplateProcess() as templates:
        ...     [message] = templates.render([alert], rates, formats=[BodyFormat.TEXT])
        >>> message.title
        'Bank raises rates!'
    """

    def __init__(self, *, cpu_seconds: float = CPU_SECONDS, extra_bytes: int = EXTRA_BYTES) -> None:
        self._limits = (cpu_seconds, extra_bytes)
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._refused: dict[int, str] = {}

    def __enter__(self) -> Self:
        """Return itself; the process is started by the first template."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id; None while no process runs."""
        return self._process.pid if self._process else None

    def render(
        self,
        alerts: Sequence[Alert],
        subscription: Subscription,
        *,
        form: MessageKind = MessageKind.SINGLE,
        formats: Sequence[BodyFormat],
    ) -> list[RenderedMessage]:
        """Render a message in several formats, as `render_message` does.

        Total: where a template exceeds a limit, the default templates are used. A template that
        has exceeded a limit once is not tried again by this object.
        """
        if not (subscription.title_template or subscription.body_template):
            return [render_message(alerts, subscription, form=form, format_=f) for f in formats]
        # A problem has the same templates, whatever the alert is.
        key = hash((subscription.title_template, subscription.body_template))
        problem = self._refused.get(key, "")
        if not problem:
            request = RenderRequest(
                alerts=list(alerts[:MAX_SHOWN]),
                count=len(alerts),
                subscription=subscription,
                form=form,
                formats=list(formats),
            )
            answer = self._answer(request)
            if isinstance(answer, RenderAnswer):
                return answer.messages
            problem = answer.problem
            if problem in {TOO_LONG, TOO_LARGE}:
                self._remember(key, problem)
        plain = without_templates(subscription)
        return [
            render_message(alerts, plain, form=form, format_=f, problem=problem) for f in formats
        ]

    def check(self, title: str, body: str, sample: Alert) -> None:
        """Check templates, as `check_templates` does.

        Raises:
            InvalidTemplateError: If a template fails or exceeds a limit.
        """
        if not (title or body):
            return
        answer = self._answer(CheckRequest(title=title, body=body, sample=sample))
        if isinstance(answer, ProblemAnswer):
            error = InvalidTemplateError(answer.line, answer.problem)
            error.args = (answer.text,)
            raise error

    def close(self) -> None:
        """End the process; another request would start one again."""
        with self._lock:
            self._end()

    def _remember(self, key: int, problem: str) -> None:
        self._refused[key] = problem
        if len(self._refused) > _REFUSED:
            del self._refused[next(iter(self._refused))]

    def _answer(self, request: Request) -> Answer:
        """Send a request and wait for its answer."""
        try:
            data = _encoder.encode(request)
        except ValueError as error:  # a lone surrogate
            return _problem(f"it has invalid characters ({error})")
        with self._lock:
            is_new = self._connection is None
            answer = self._attempt(data)
            # Earlier templates, which are cached there, may have taken the memory.
            if isinstance(answer, ProblemAnswer) and answer.problem in {TOO_LARGE, CRASHED}:
                self._end()
                return answer if is_new else self._attempt(data)
            return answer

    def _attempt(self, request: bytes) -> Answer:
        """Send a request once; the end of the process is a problem of its template."""
        connection = self._started()
        with suppress(EOFError, OSError):
            connection.send_bytes(request)
            if connection.poll(WALL_SECONDS):
                return _answers.decode(connection.recv_bytes(MAX_MESSAGE_BYTES))
            self._end()
            return _problem(TOO_LONG)
        return _problem(TOO_LONG if self._end() == -signal.SIGPROF else CRASHED)

    def _started(self) -> Connection:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._connection is None:
            self._connection, theirs = Pipe()
            with theirs:
                self._process = start_process(theirs, *self._limits)
            try:
                ready = self._connection.poll(WALL_SECONDS) and self._connection.recv_bytes()
            except EOFError:
                ready = False
            if ready is False:
                code = self._end()
                raise NewsStreamsError(f"the process that renders templates did not start: {code}")
        return self._connection

    def _end(self) -> int | None:
        """Kill the process; return its exit code, negative for the number of a signal."""
        code = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                # It may be on its way out by itself; then its code says why.
                code = self._process.wait(0.2)
            self._process.kill()
            self._process.wait()
            self._process = None
        return code


def start_process(
    connection: Connection, cpu_seconds: float, extra_bytes: int
) -> "subprocess.Popen[bytes]":
    """Start a process that answers requests on a connection until it is closed.

    It has no secret of this process: no environment and no open file but the connection.
    """
    module = "streams.alerts.templates.process"
    fd = connection.fileno()
    return subprocess.Popen(  # noqa: S603  # this interpreter, and our own module
        [sys.executable, "-P", "-m", module, str(fd), str(cpu_seconds), str(extra_bytes)],
        pass_fds=[fd],
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in a terminal is for the command alone
    )


def limit_resources(extra_bytes: int) -> None:
    """Limit what this process may use from now on.

    Args:
        extra_bytes: Address space beyond what it has now.
    """
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: MAX_FILES,
        resource.RLIMIT_NPROC: 0,
    }
    if address_space := _address_space_bytes():
        limits[resource.RLIMIT_AS] = address_space + extra_bytes
    for kind, limit in limits.items():
        with suppress(ValueError):  # above a limit that the operator has set
            resource.setrlimit(kind, (limit, limit))


def _address_space_bytes() -> int:
    """Return the size of this process; 0 if the system does not tell."""
    try:
        return int(psutil.Process().memory_info().vms)
    except psutil.Error:
        return 0


def answer_requests(connection: Connection, cpu_seconds: float) -> None:
    """Answer requests until the connection is closed.

    The timer counts CPU time, so a busy machine does not end a harmless template. The default
    action of its signal ends the process, also within code in C.
    """
    while True:
        try:
            request = _requests.decode(connection.recv_bytes(MAX_MESSAGE_BYTES))
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        try:
            answer = answer_to(request)
        except MemoryError:
            answer = _problem(TOO_LARGE)
        signal.setitimer(signal.ITIMER_PROF, 0)
        connection.send_bytes(_encoder.encode(answer))


def answer_to(request: Request) -> Answer:
    """Return the answer to a request.

    Raises:
        MemoryError: If a template exceeds the memory of this process.
    """
    try:
        if isinstance(request, CheckRequest):
            check_templates(request.title, request.body, request.sample)
            return RenderAnswer()
    except InvalidTemplateError as error:
        return ProblemAnswer(line=error.line, problem=error.problem, text=str(error))
    return RenderAnswer(
        messages=[
            render_message(
                request.alerts,
                request.subscription,
                form=request.form,
                format_=format_,
                count=request.count,
            )
            for format_ in request.formats
        ]
    )


def _problem(problem: str) -> ProblemAnswer:
    return ProblemAnswer(line=1, problem=problem, text=f"template: {problem}")


def main(arguments: Sequence[str]) -> None:
    """Run the process that `start_process` starts."""
    fd, cpu_seconds, extra_bytes = arguments
    connection = Connection(int(fd))
    limit_resources(int(extra_bytes))
    connection.send_bytes(b"ready")
    answer_requests(connection, float(cpu_seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
