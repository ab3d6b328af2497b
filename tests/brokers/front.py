"""What stands before a broker in earnest: TLS, and a login by SASL PLAIN, which the brokers of these tests have not."""

from __future__ import annotations

import shutil
import socket
import ssl
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

_API_VERSIONS, _HANDSHAKE, _AUTHENTICATE = 18, 17, 36
_FAILED = 58
"""Kafka's number for a login that is refused."""


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate that signs itself, for localhost; return it and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    made, key = folder / "certificate.pem", folder / "key.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    words += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run(["openssl", *words], check=True, capture_output=True)
    return made, key


@contextmanager
def front(listen: int, broker: int, pair: tuple[Path, Path], login: tuple[str, str]) -> Iterator[None]:
    """Take connections on a port, by TLS alone and with this ``login``, and hand on to the broker at another port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    with socket.create_server(("127.0.0.1", listen)) as server:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    Thread(target=_serve, args=(server.accept()[0], broker, context, login), daemon=True).start()

        Thread(target=accept, daemon=True).start()
        yield
        server.shutdown(socket.SHUT_RDWR)


def _serve(plain: socket.socket, port: int, context: ssl.SSLContext, login: tuple[str, str]) -> None:
    with (
        suppress(OSError),
        plain,
        context.wrap_socket(plain, server_side=True) as client,
        socket.create_connection(("127.0.0.1", port)) as broker,
    ):
        if _logged_in(client, broker, login):
            Thread(target=_pump, args=(broker, client), daemon=True).start()
            _pump(client, broker)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_RDWR)


def _logged_in(client: socket.socket, broker: socket.socket, login: tuple[str, str]) -> bool:
    """Speak Kafka's protocol until the client has shown who it is."""
    while True:
        request = _frame(client)
        kind, version, number, named = struct.unpack(">hhih", request[:10])
        if kind == _API_VERSIONS:
            _send(broker, request)
            _send(client, _frame(broker))
        elif kind == _HANDSHAKE:
            _send(client, struct.pack(">ihih", number, 0, 1, 5) + b"PLAIN")
        elif kind == _AUTHENTICATE:
            shown = request[10 + max(named, 0) + 4 :].split(b"\0")
            good = shown == [b"", *(word.encode() for word in login)]
            answer = struct.pack(">ihhi", number, 0 if good else _FAILED, -1, 0)
            _send(client, answer if version == 0 else answer + bytes(8))
            if good:
                return True
        else:
            return False


def _frame(source: socket.socket) -> bytes:
    (size,) = struct.unpack(">i", _exactly(source, 4))
    return _exactly(source, size)


def _exactly(source: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        part = source.recv(count - len(found))
        if not part:
            raise ConnectionError("the other side is gone")
        found += part
    return found


def _send(sink: socket.socket, frame: bytes) -> None:
    sink.sendall(struct.pack(">i", len(frame)) + frame)
