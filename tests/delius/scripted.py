"""An upstream that answers exactly what a test tells it to: untidy answers, rare statuses, no answer at all."""

import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN_PATH = "/auth/oauth/token"


@dataclass(frozen=True)
class Received:
    """A request as it arrived; `path` is as it was on the wire."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """An answer; `body` is sent as JSON unless it is bytes."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


A_TOKEN = Answer({"access_token": "scripted", "expires_in": 3600, "token_type": "bearer"})


def one_after_another(*answers: Answer | None) -> Callable[[Received], Answer | None]:
    """Return a function that gives these answers one after another, and the last one from then on."""
    waiting = list(answers)
    return lambda request: waiting.pop(0) if len(waiting) > 1 else waiting[0]


class ScriptedUpstream:
    """HMPPS Auth and the integration service on one port of this machine.

    `respond` answers everything but the token, which `respond_token` does; None drops the connection.
    """

    def __init__(self) -> None:
        self.respond: Callable[[Received], Answer | None] = lambda request: Answer({})
        self.respond_token: Callable[[Received], Answer | None] = lambda request: A_TOKEN
        self.received: list[Received] = []
        self.tokens_asked_for: list[Received] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def over_tls(self, context: ssl.SSLContext) -> None:
        """Speak TLS with a certificate, which has to be said before the first request."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = self.url.replace("http://", "https://")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answers(self, *answers: Answer | None) -> None:
        """Give these answers one after another, and the last one from then on."""
        self.respond = one_after_another(*answers)

    def answers_tokens(self, *answers: Answer | None) -> None:
        """Give these answers to requests for a token one after another, and the last one from then on."""
        self.respond_token = one_after_another(*answers)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def do_PUT(self) -> None:
                self._answer()

            def do_DELETE(self) -> None:
                self._answer()

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                address = urlsplit(self.path)
                request = Received(self.command, address.path, parse_qs(address.query), dict(self.headers), body)
                is_for_token = address.path == TOKEN_PATH
                (upstream.tokens_asked_for if is_for_token else upstream.received).append(request)
                answer = upstream.respond_token(request) if is_for_token else upstream.respond(request)
                if answer is None:
                    self.close_connection = True
                    return
                self._send(answer)

            def _send(self, answer: Answer) -> None:
                content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
                self.wfile.flush()

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
