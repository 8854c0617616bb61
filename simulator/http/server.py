"""The web server: Werkzeug's threaded one, with keep-alive and dropped connections."""

import socket
from io import BytesIO
from threading import Event
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

DROP = "delius_simulator.drop"


class KeepAliveHandler(WSGIRequestHandler):
    """Request handler with HTTP keep-alive.

    Werkzeug's own handler closes every connection. This one reads each request's body completely before the response,
    so that the next request starts where the last one ended.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        """Serve one request, or close the connection without a response where the app sets DROP."""
        environ = self.make_environ()
        length = None if environ.get("wsgi.input_terminated") else int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
        drop = environ[DROP] = Event()
        response = Response.from_app(self.server.app, environ, buffered=True)
        if drop.is_set():
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(response.status_code)
        for name, value in response.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.get_data())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: requests are in the request log."""


def listen(app: Flask, *, host: str, port: int) -> BaseWSGIServer:
    """Return a server that listens (on any free port for port 0) and is not serving yet."""
    return make_server(host, port, app, threaded=True, request_handler=KeepAliveHandler)


def address_of(server: BaseWSGIServer) -> str:
    """Return the server's base address."""
    bound: Any = server.server_address
    return f"http://{bound[0]}:{bound[1]}"
